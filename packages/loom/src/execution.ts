import { LoomError } from './errors.js'
import { Hash } from './hash.js'
import { SharedMemory } from './memory.js'
import type { Modules, World } from './modules.js'
import type { Coverage } from './mutation.js'
import { ATOMIC, access, type Operation, type Steps, writes } from './operation.js'
import { direct, type Made, type Runtime } from './runtime.js'
import type { Scenario } from './scenario.js'
import { StaleValues } from './stale.js'
import { type PlainAccess, Thread } from './thread.js'

/** What may happen next: which thread moves, and how. */
export interface Choice {
  readonly thread: number
  /** {@link RUN}, {@link DIE}, {@link TIME_OUT} or {@link TIMER}; from 1 on, which older value a racing read gets. */
  readonly how: number
}

export const RUN = 0
export const DIE = -1
export const TIME_OUT = -2
export const TIMER = -3

/** What is wrong with what is checked. */
export interface Failure {
  /** `threw`: a thread did. `wrong`: `check` did. */
  readonly kind: 'race' | 'asleep' | 'spins' | 'threw' | 'wrong'
  readonly message: string
}

/** What happened at one step, for a trace. */
export interface Event {
  readonly thread: number
  readonly how: number
  readonly operation: Operation | undefined
  readonly address: number
  readonly answer: unknown
  /** What a write has put there. */
  readonly after: unknown
}

interface Sleeper {
  readonly thread: Thread
  readonly address: number
  readonly timeoutMs: number
  /** Of an asynchronous wait: ends it, by a thread whose clock is given. */
  readonly end: ((how: string, clock: readonly number[]) => void) | undefined
}

export type Histories = readonly (readonly [number, number])[]

/** Changes what a thread does, to see whether that is noticed. */
export type Distortion = (steps: Steps, thread: Thread, execution: Execution) => Steps

/** Marks a plain access as one before which others may come. */
export const POINT = Symbol('a step')

const ASLEEP = Symbol('asleep')

/** More plain accesses or steps than this in one go, and nobody waits for anything: it polls. */
const MOST_ACCESSES = 100_000
const MOST_STEPS = 2000

/**
 * One scenario, run again and again: each time from the beginning, by choices from outside.
 *
 * A step is an atomic operation, or a plain read that may race, with all the plain accesses after it. That loses nothing: a
 * program without data races can't tell in which order plain accesses of several threads come, only in which order atomic
 * ones do; and two accesses race where in some order of the steps one comes right after the other's step, which is looked for
 * at each access.
 */
export class Execution {
  readonly scenario: Scenario
  readonly threads: readonly Thread[]
  readonly memory = new SharedMemory()
  failure: Failure | undefined
  /** Where the events go, if anywhere. */
  trace: Event[] | undefined
  /** Where to keep what has been accessed, if anywhere. */
  coverage: Coverage | undefined
  last = -1
  steps = 0
  readonly #modules: Modules
  readonly #handle: unknown
  readonly #host: Runtime
  readonly #racySites: Uint8Array
  /** Only where plain reads may race. */
  readonly stale: StaleValues | undefined
  readonly #sleepers: Sleeper[] = []
  /** A thread's own code is running: what it does to shared memory must be steps. */
  #isMoving = false
  readonly #hash = new Hash()
  readonly #distortion: Distortion | undefined

  constructor(
    modules: Modules,
    subject: URL,
    scenarios: URL,
    name: string,
    parameters: unknown,
    distortion?: Distortion,
  ) {
    this.#modules = modules
    this.#distortion = distortion
    const make = ({ runtime, exportsOf }: World): Scenario => {
      runtime.direct = (operation) => this.#direct(operation)
      runtime.reset()
      const factories = exportsOf(scenarios)
      const factory = factories[name]
      if (typeof factory !== 'function') throw unknownName('scenario', name, Object.keys(factories))
      return runtime.run(factory(exportsOf(subject), parameters)) as Scenario
    }
    const host = modules.world(0)
    this.#host = host.runtime
    this.scenario = make(host)
    this.#handle = this.#host.run(this.scenario.setup())
    this.memory.keep()
    const names = Object.keys(this.scenario.threads)
    this.threads = names.map((thread, index) => {
      const world = modules.world(index + 1)
      const script = make(world).threads[thread] as Thread['script']
      if (script.after !== undefined && !names.includes(script.after)) throw unknownName('thread', script.after, names)
      const { forgets = modules.hidden.length === 0 } = this.scenario
      return new Thread(thread, index, script, world.runtime, forgets)
    })
    for (const thread of this.threads) thread.isWaiting = () => this.#sleepers.some((one) => one.thread === thread)
    const { racy = [] } = this.scenario
    if (racy.length > 0) this.stale = new StaleValues(this.threads)
    this.#racySites = Uint8Array.from(modules.sites.all, ({ within, operation }) =>
      operation === 'get' && racy.some((one) => within === one || within.endsWith(`.${one}`)) ? 1 : 0,
    )
  }

  /** Back to the beginning. */
  begin(): void {
    this.failure = undefined
    this.last = -1
    this.steps = 0
    this.#sleepers.length = 0
    this.stale?.reset()
    if (this.trace) this.trace.length = 0
    this.memory.restore()
    for (const thread of this.threads) {
      thread.reset(this.#handle)
      if (this.#distortion) thread.steps = this.#distortion(thread.steps as Steps, thread, this)
    }
    for (const thread of this.threads) if (thread.script.after === undefined) this.#start(thread)
  }

  /** All that may happen next, what goes on with the thread that moved last first; none at the end. */
  choices(): Choice[] {
    const found: Choice[] = []
    const { threads, last } = this
    for (let i = 0; i < threads.length; i++) {
      const thread = threads[(Math.max(last, 0) + i) % threads.length] as Thread
      if (!thread.isAlive) continue
      const own = this.#choicesOf(thread)
      // Nobody can tell when a plain access happens, only whether it does.
      if (this.#isPrivate(thread)) return own
      found.push(...own)
    }
    return found
  }

  isEnabled(index: number): boolean {
    const thread = this.threads[index]
    return thread?.isAlive === true && this.#choicesOf(thread).some(({ how }) => how >= RUN || how === TIMER)
  }

  apply({ thread: index, how }: Choice): void {
    const thread = this.threads[index] as Thread
    this.last = index
    if (++this.steps > MOST_STEPS) this.#fail('spins', `${thread.name} goes on without end`)
    if (how === DIE) {
      this.#note(thread, how, undefined, undefined)
      this.#end(thread, 'dead')
    } else if (how === TIME_OUT) this.#timeOut(thread)
    else if (how === TIMER) {
      this.#note(thread, how, undefined, undefined)
      this.#advance(thread, thread.runtime.loop.takeTimer())
    } else {
      const answer = this.#perform(thread, thread.next, how)
      if (answer !== ASLEEP) this.#advance(thread, answer)
    }
  }

  /** To be called where there are no choices left: looks whether it should have come to this. */
  finish(): void {
    const asleep = this.threads.filter((thread) => thread.isAlive)
    if (asleep.length > 0) {
      const what = asleep.map((thread) => `${thread.name} ${this.#waitsFor(thread)}`)
      this.#fail('asleep', `${what.join(', ')}, for ever`)
      return
    }
    this.#host.reset()
    const outcomes = Object.fromEntries(
      this.threads.map(({ name, value, notes, status }) => [name, { value, notes, died: status === 'dead' }]),
    )
    try {
      this.#host.run(this.scenario.check(outcomes, this.#handle))
    } catch (error) {
      this.#fail('wrong', messageOf(error))
    }
  }

  /** The same for executions that can't be told apart from here on. */
  key(extra: number): number {
    const hash = this.#hash
    hash.reset()
    hash.word(extra)
    this.memory.hash(hash)
    for (const { thread, address } of this.#sleepers) {
      hash.word(thread.index)
      hash.word(address)
    }
    for (const thread of this.threads) {
      thread.hash(hash)
    }
    this.stale?.hash(hash)
    return hash.key
  }

  /** What the threads have seen, to go on from at the same state of another execution. */
  histories(): Histories {
    return this.threads.map(({ history }) => history.get())
  }

  /** Whether the threads keep what they see; from the given state on where it has not been kept so far. */
  keepHistories(keeps: boolean, from?: Histories): void {
    for (const thread of this.threads) {
      thread.keepsHistory = keeps
      if (from) thread.history.set(from[thread.index] as readonly [number, number])
    }
  }

  isRacy({ kind, site }: Operation): boolean {
    return kind === 'get' && this.isRacySite(site)
  }

  isRacySite(site: number): boolean {
    return this.#racySites[site] === 1
  }

  #fail(kind: Failure['kind'], message: string): void {
    this.failure ??= { kind, message }
  }

  #direct(operation: Operation): unknown {
    if (this.#isMoving)
      this.#host.unsupported('an access to shared memory that it hides, as by another name of Atomics')
    if (operation.kind !== 'new') this.memory.addressOf(operation.view, operation.index)
    if (writes(operation)) this.memory.touch(operation.view, operation.index)
    return direct(operation)
  }

  #start(thread: Thread): void {
    thread.status = 'ready'
    this.#advance(thread, undefined)
  }

  #choicesOf(thread: Thread): Choice[] {
    const { index, next, runtime } = thread
    const choices: Choice[] = []
    const add = (how: number) => choices.push({ thread: index, how })
    if (thread.status === 'asleep') {
      if (this.#timedSleeper(thread)) add(TIME_OUT)
    } else if (next.kind === 'pause') {
      if (thread.changes > thread.mark) add(RUN)
    } else if (next.kind === 'idle') {
      if (runtime.loop.tasks.length > 0) add(RUN)
      if (runtime.loop.timers.size > 0) add(TIMER)
      if (this.#timedSleeper(thread)) add(TIME_OUT)
    } else {
      add(RUN)
      if (this.isRacy(next)) {
        const stale = this.stale as StaleValues
        const older = stale.of(thread, this.memory.addressOf(next.view, next.index))
        for (let i = 1; i <= older.length; i++) add(i)
      }
    }
    if (thread.script.mayDie) add(DIE)
    return choices
  }

  #timedSleeper(thread: Thread): Sleeper | undefined {
    return this.#sleepers.find((one) => one.thread === thread && one.timeoutMs < Number.POSITIVE_INFINITY)
  }

  #isPrivate({ status, next }: Thread): boolean {
    if (status !== 'ready' || (next.kind !== 'get' && next.kind !== 'set')) return false
    return next.extra !== POINT && !this.isRacy(next)
  }

  /** Gives a thread the answer that it waits for, and lets it come to its next step. */
  #advance(thread: Thread, given: unknown): void {
    for (let answer = given, accesses = 0; ; accesses++) {
      if (thread.keepsHistory) thread.history.value(answer)
      let step: IteratorResult<Operation, unknown>
      try {
        this.#isMoving = true
        step = (thread.steps as Steps).next(answer)
      } catch (error) {
        this.#fail('threw', `${thread.name} threw ${messageOf(error)}`)
        return
      } finally {
        this.#isMoving = false
      }
      if (step.done) {
        thread.value = step.value
        this.#end(thread, 'over')
        return
      }
      thread.next = step.value
      const { kind, extra } = step.value
      const isPlain = (kind === 'get' || kind === 'set') && extra !== POINT
      if (!isPlain || thread.script.mayDie || this.isRacy(step.value)) return
      if (accesses > MOST_ACCESSES) {
        this.#fail('spins', `${thread.name} reads and writes without end`)
        return
      }
      answer = this.#perform(thread, step.value, RUN)
    }
  }

  #end(thread: Thread, status: 'over' | 'dead'): void {
    thread.status = status
    for (let i = this.#sleepers.length; i-- > 0; ) if (this.#sleepers[i]?.thread === thread) this.#sleepers.splice(i, 1)
    for (const other of this.threads) {
      if (other.status !== 'later' || other.script.after !== thread.name) continue
      this.stale?.order(thread.clock, other)
      this.#start(other)
    }
  }

  #timeOut(thread: Thread): void {
    const sleeper = this.#timedSleeper(thread) as Sleeper
    this.#note(thread, TIME_OUT, undefined, 'timed-out')
    this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1)
    thread.runtime.loop.now += sleeper.timeoutMs
    if (sleeper.end === undefined) {
      thread.status = 'ready'
      this.#advance(thread, 'timed-out')
    } else {
      sleeper.end('timed-out', thread.clock)
      thread.arrived.pop()
      this.#advance(thread, thread.runtime.loop.tasks.pop())
    }
  }

  #perform(thread: Thread, operation: Operation, how: number): unknown {
    const { kind, view, index } = operation
    switch (kind) {
      case 'new':
        // What a constructor reads is not seen one by one: all there is may matter.
        this.#settle(thread)
        if (thread.keepsHistory) this.memory.hash(thread.history)
        this.#note(thread, how, operation, undefined)
        return made(operation.value as () => unknown)
      case 'pause':
        this.#settle(thread)
        this.#note(thread, how, operation, undefined)
        thread.mark = thread.changes
        return undefined
      case 'idle':
        this.#settle(thread)
        this.#note(thread, how, operation, undefined)
        thread.arrived.shift()
        return thread.runtime.loop.tasks.shift()
    }
    this.coverage?.add(thread.index, operation, this.memory)
    const address = this.memory.addressOf(view, index)
    const isAtomic = ATOMIC.has(kind)
    const isWrite = writes(operation)
    const racy = this.isRacy(operation)
    if (!racy) this.#checkRaces(thread, operation, address, isWrite)
    if (isAtomic) this.#settle(thread)
    else if (!racy) thread.open.push({ address, bytes: view.BYTES_PER_ELEMENT, isWrite, site: operation.site })
    if (kind === 'notify') return this.#noteAnswer(thread, operation, this.#notify(thread, address, operation.value))
    if (kind === 'wait' || kind === 'waitAsync') {
      this.stale?.atomicRead(thread, address)
      return this.#wait(thread, operation, address)
    }
    if (isAtomic && kind !== 'store') this.stale?.atomicRead(thread, address)
    if (!isWrite) {
      if (racy) this.stale?.addresses.add(address)
      const value = how > RUN ? this.stale?.of(thread, address)[how - 1] : access(operation)
      return this.#noteAnswer(thread, operation, value)
    }
    const before = view[index]
    this.memory.touch(view, index)
    const value = access(operation)
    // A compareExchange that found something else has written nothing.
    if (kind !== 'compareExchange' || value === operation.value) this.stale?.write(thread, address, isAtomic, before)
    if (!Object.is(before, view[index])) this.#changed(thread)
    return this.#noteAnswer(thread, operation, value)
  }

  #noteAnswer(thread: Thread, operation: Operation, answer: unknown): unknown {
    if (this.trace) this.#note(thread, RUN, operation, answer)
    return answer
  }

  #note(thread: Thread, how: number, operation: Operation | undefined, answer: unknown): void {
    if (this.trace === undefined) return
    const place = operation !== undefined && operation.view.length > 0
    const address = place ? this.memory.addressOf(operation.view, operation.index) : -1
    const after = place ? operation.view[operation.index] : undefined
    this.trace.push({ thread: thread.index, how, operation, address, answer, after })
  }

  /** A step orders what came before it. */
  #settle(thread: Thread): void {
    thread.open.length = 0
    const { after } = thread.script
    // Whoever begins once another is over comes after all that one has done.
    if (after !== undefined) for (const other of this.threads) if (other.name === after) other.open.length = 0
  }

  #changed(thread: Thread): void {
    for (const other of this.threads) if (other !== thread) other.changes++
  }

  #checkRaces(thread: Thread, { kind, view, site }: Operation, address: number, isWrite: boolean): void {
    for (const other of this.threads) {
      if (other === thread || other.open.length === 0 || thread.script.after === other.name) continue
      for (const one of other.open) {
        if (address >= one.address + one.bytes || one.address >= address + view.BYTES_PER_ELEMENT) continue
        if (isWrite || one.isWrite) this.#race(thread, kind, site, other, one)
      }
    }
  }

  #race(thread: Thread, kind: string, site: number, other: Thread, { site: otherSite, isWrite }: PlainAccess): void {
    const at = (where: number) => ` (${this.#modules.sites.name(where)})`
    const how = isWrite ? 'write' : 'read'
    this.#fail('race', `${thread.name}'s ${kind}${at(site)} races with ${other.name}'s plain ${how}${at(otherSite)}`)
  }

  #notify(thread: Thread, address: number, count: unknown): number {
    let left = count === undefined ? Number.POSITIVE_INFINITY : Number(count)
    let woken = 0
    for (let i = 0; i < this.#sleepers.length && left > 0; ) {
      const sleeper = this.#sleepers[i] as Sleeper
      if (sleeper.address !== address) {
        i++
        continue
      }
      this.#sleepers.splice(i, 1)
      woken++
      left--
      if (sleeper.end === undefined) {
        sleeper.thread.status = 'ready'
        this.stale?.order(thread.clock, sleeper.thread)
        this.#advance(sleeper.thread, 'ok')
      } else sleeper.end('ok', thread.clock.slice())
    }
    return woken
  }

  #wait(thread: Thread, operation: Operation, address: number): unknown {
    const { kind, value, extra } = operation
    const timeoutMs =
      extra === undefined || Number.isNaN(Number(extra)) ? Number.POSITIVE_INFINITY : Math.max(0, Number(extra))
    const seen = Atomics.load(operation.view as Int32Array, operation.index)
    const atOnce = seen !== value ? 'not-equal' : timeoutMs === 0 ? 'timed-out' : undefined
    if (kind === 'wait') {
      this.#noteAnswer(thread, operation, atOnce ?? 'asleep')
      if (atOnce) return atOnce
      this.#sleepers.push({ thread, address, timeoutMs, end: undefined })
      thread.status = 'asleep'
      return ASLEEP
    }
    this.#noteAnswer(thread, operation, atOnce ?? 'asleep')
    if (atOnce) return { async: false, value: atOnce }
    const promise = new thread.runtime.Promise()
    const number = thread.asyncWaits++
    const end = (how: string, clock: readonly number[]) => {
      thread.arrived.push(number)
      thread.runtime.loop.tasks.push(() => {
        this.stale?.order(clock, thread)
        promise.resolve(how)
      })
    }
    this.#sleepers.push({ thread, address, timeoutMs, end })
    return { async: true, value: promise }
  }

  #waitsFor({ status, next }: Thread): string {
    if (status === 'asleep') return `sleeps (${this.#modules.sites.name(next.site)})`
    return next.kind === 'pause' ? 'pauses until something changes' : 'waits on its event loop'
  }
}

/** What a constructor gives or throws. */
function made(construct: () => unknown): Made {
  try {
    return { value: construct() }
  } catch (error) {
    return { error }
  }
}

function unknownName(what: string, name: string, allowed: readonly string[]): LoomError {
  return new LoomError('ERR_OPTION', `no ${what} is called ${name}; allowed: ${allowed.join(', ')}`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
