// What the threads at the ends of a queue do, and what must come out in every order of their steps. The checker transforms
// this module as it does the package: each thread has both for itself. A function's own variables follow from what it has
// noted, so that two ways to the same state are gone on from once.

/** All state between two calls is in the ends' properties and in variables of modules. */
const forgets = true

/** Looks at the peer's word that are hints, by plain reads: an older value must do no harm. */
const HINTS = ['publishOrHold', 'releaseOrHold']

const RING_WORDS = { 44: 'producer state', 48: 'consumer state', 128: 'TAIL', 256: 'HEAD', 1024: 'slots+' }
const MUTEX_WORDS = {
  44: 'producer state',
  48: 'consumer state',
  128: 'LOCK',
  132: 'NOT_EMPTY',
  136: 'NOT_EMPTY waiters',
  140: 'NOT_FULL',
  144: 'NOT_FULL waiters',
  148: 'PUSHED',
  152: 'POPPED',
  156: 'CLOSED',
  1024: 'slots+',
}

function same(actual, expected, what) {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, got ${found}`)
}

function holds(condition, what) {
  if (!condition) throw new Error(what)
}

/** Items 1 to `count`. */
const upTo = (count) => Array.from({ length: count }, (_, i) => i + 1)

/** How a queue of `kind` is made and attached to. Ends don't spin first: a look more is one more of the same. */
function kindOf(subject, { kind = 'ring', capacity, publish = 'each', onFull = 'block', spin = 0, type }) {
  if (kind === 'mutex') {
    return {
      create: () => subject.createMutexQueue({ capacity }),
      attach: (handle) => subject.attachMutexQueue(handle),
      words: MUTEX_WORDS,
      what: `the mutex queue, capacity ${capacity}`,
    }
  }
  const items = type === undefined ? undefined : subject[type.name](...(type.given ?? []))
  const named = items === undefined ? {} : { type: items }
  return {
    create: () => subject.createQueue({ capacity, publish, onFull, spin, ...named }),
    attach: (handle) => subject.attachQueue(handle, { publish, spin, ...named }),
    words: RING_WORDS,
    what: `the ring, ${onFull === 'block' ? '' : `${onFull}, `}${publish === 'each' ? '' : `${publish}, `}${
      type === undefined ? '' : `${type.name}, `
    }capacity ${capacity}`,
  }
}

/** A handle whose counts are about to go round, so that each search crosses that. */
function wrapping({ create }, { kind = 'ring', wrap = true }) {
  const { handle } = create()
  if (wrap && kind === 'ring') new Int32Array(handle).fill(-4, 32, 33).fill(-4, 64, 65)
  if (wrap && kind === 'mutex') new Int32Array(handle).fill(-1, 37, 39)
  return handle
}

/** So many have passed, besides those before the counts go round. */
function checkStats({ pushed, popped }, { wrap = true }, items) {
  const before = wrap ? 2 ** 30 - 1 : 0
  same([pushed, popped], [before + items, before + items], 'pushed and popped')
}

const producerOf =
  ({ attach }) =>
  (handle) =>
    attach(handle).producer()
const consumerOf =
  ({ attach }) =>
  (handle) =>
    attach(handle).consumer()

/** Pushes items 1 to `items` and notes each. */
function pushAll(producer, note, items) {
  for (let item = 1; item <= items; item++) {
    producer.push(item)
    note(item)
  }
}

/** What a call gives, or the code of the error that it throws. */
function codeOr(call) {
  try {
    return call()
  } catch (error) {
    return error.code
  }
}

/** Pops until the stream is over, and notes each item; the last note is the code of an error, if it ended by one. */
function popAll(consumer, note) {
  for (;;) {
    const item = codeOr(() => consumer.pop())
    if (item === undefined) return
    note(item)
    if (typeof item === 'string') return
  }
}

export function stream(subject, parameters) {
  const { items, close = false } = parameters
  const kind = kindOf(subject, parameters)
  const isRing = parameters.kind !== 'mutex'
  return {
    title: `${kind.what}: ${items} items${parameters.spin ? ', spinning' : ''}${close ? ', close' : ''}${
      parameters.forgets === false ? ', no states merged by what can be looked at' : ''
    }`,
    forgets: parameters.forgets ?? forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          pushAll(producer, note, items)
          if (close) producer.close()
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          for (let pops = 0; pops < items; pops++) note(consumer.pop())
          if (close) return [consumer.pop(), consumer.ended, consumer.pop(), isRing ? consumer.stats() : undefined]
          return undefined
        },
      },
    },
    check({ consumer }, handle) {
      same(consumer.notes, upTo(items), 'items')
      if (close) same(consumer.value.slice(0, 3), [undefined, true, undefined], 'after the last item')
      if (isRing) checkStats(kind.attach(handle).stats(), parameters, items)
      if (isRing && close) checkStats(consumer.value[3], parameters, items)
    },
  }
}

export function consumerCloses(subject, parameters) {
  const { items, pops } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: the consumer closes after ${pops} of ${items} items`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          for (let item = 1; item <= items; item++) {
            const pushed = codeOr(() => producer.push(item))
            note(pushed)
            if (pushed !== true) return
          }
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          for (let pop = 0; pop < pops; pop++) note(consumer.pop())
          consumer.close()
          return [consumer.pop(), consumer.ended]
        },
      },
    },
    check({ producer, consumer }) {
      same(consumer.notes, upTo(pops), 'items')
      same(consumer.value, [undefined, true], 'after close')
      const pushed = producer.notes.filter((one) => one === true).length
      holds(pushed <= pops + parameters.capacity, `${pushed} items pushed`)
      if (pushed < items) same(producer.notes.at(-1), 'ERR_CLOSED', 'what ends the pushes')
    },
  }
}

export function bothClose(subject, parameters) {
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: both ends close at once`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer) {
          const pushed = codeOr(() => producer.push(1))
          producer.close()
          producer.close()
          return [pushed, producer.closed, codeOr(() => producer.push(2))]
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer) {
          const item = consumer.tryPop()
          consumer.close()
          consumer.close()
          return [item ?? 0, consumer.closed, consumer.ended]
        },
      },
    },
    check({ producer, consumer }, handle) {
      const [item, ...rest] = consumer.value
      holds(item === 0 || item === 1, `popped ${item}`)
      same(rest, [true, true], 'closed and ended of the consumer')
      holds(producer.value[0] === true || producer.value[0] === 'ERR_CLOSED', `push gave ${producer.value[0]}`)
      same(producer.value.slice(1), [true, 'ERR_CLOSED'], 'the producer after close')
      same(kind.attach(handle).closed, true, 'closed of the queue')
    },
  }
}

/** Waits with a time limit, which may pass at any moment. */
export function timeouts(subject, parameters) {
  const { items } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: waits time out at any moment, ${items} items, close`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          for (let item = 1; item <= items; item++) {
            if (!producer.push(item, 5)) producer.push(item)
            note(item)
          }
          producer.close()
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          let patience = 5
          while (!consumer.ended) {
            const item = consumer.pop(patience)
            if (item !== undefined) note(item)
            // Once is enough: more time-outs in a row would only be more of the same.
            patience = item === undefined ? Infinity : 5
          }
        },
      },
    },
    check({ consumer }) {
      same(consumer.notes, upTo(items), 'items')
    },
  }
}

/** Ends that never wait in the queue: they look again when something has changed. */
export function polls(subject, parameters) {
  const { items } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: ${items} items by tryPush and tryPop, close`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          for (let item = 1; item <= items; item++) {
            while (!producer.tryPush(item)) pause()
            note(item)
          }
          producer.close()
          return codeOr(() => producer.tryPush(items + 1))
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          while (!consumer.ended) {
            const item = consumer.tryPop()
            if (item === undefined) pause()
            else note(item)
          }
          return consumer.tryPop()
        },
      },
    },
    check({ producer, consumer }) {
      same(producer.value, 'ERR_CLOSED', 'tryPush after close')
      same([consumer.notes, consumer.value], [upTo(items), undefined], 'items')
    },
  }
}

/** The producer's thread may die before each of its accesses; whoever owns it says so. */
export function producerDies(subject, parameters) {
  const { items, close = false, pops = Number.POSITIVE_INFINITY } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: the producer may die at any step, ${items} items${close ? ', close' : ''}${
      pops < items ? `, the consumer closes after ${pops}` : ''
    }`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        mayDie: true,
        start: producerOf(kind),
        run(producer, note) {
          for (let item = 1; item <= items; item++) {
            const pushed = codeOr(() => producer.push(item))
            if (pushed !== true) return
            note(item)
          }
          if (close) producer.close()
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          if (pops < items) for (let popped = 0; popped < pops; popped++) note(codeOr(() => consumer.pop()))
          else popAll(consumer, note)
          consumer.close()
          return consumer.ended
        },
      },
      owner: {
        after: 'producer',
        start: (handle) => kind.attach(handle),
        run: (queue) => queue.abandon('producer'),
      },
    },
    check({ producer, consumer }) {
      const popped = consumer.notes.filter((one) => typeof one === 'number')
      const pushed = producer.notes.length
      same(consumer.value, true, 'ended after close')
      same(popped, upTo(popped.length), 'items')
      holds(popped.length <= pushed + 1, `${pushed} pushed, ${popped.length} popped`)
      if (pops < items) return
      holds(popped.length >= pushed, `${pushed} pushed, ${popped.length} popped`)
      const end = consumer.notes.at(-1)
      if (!producer.died && close) holds(typeof end === 'number', `a closed stream ends with ${end}`)
      else if (!close) same(end, 'ERR_PEER_DIED', 'what ends the stream')
    },
  }
}

/** The consumer's thread may die; the producer must not wait for it for ever. */
export function consumerDies(subject, parameters) {
  const { items, close = false } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: the consumer may die at any step, ${items} items${close ? ', close' : ''}`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          for (let item = 1; item <= items; item++) {
            const pushed = codeOr(() => producer.push(item))
            note(pushed)
            if (pushed !== true) return
          }
        },
      },
      consumer: {
        mayDie: true,
        start: consumerOf(kind),
        run(consumer, note) {
          for (let pops = 1; pops < items; pops++) note(consumer.pop())
          if (close) consumer.close()
        },
      },
      owner: {
        after: 'consumer',
        start: (handle) => kind.attach(handle),
        run: (queue) => queue.abandon('consumer'),
      },
    },
    check({ producer, consumer }) {
      same(consumer.notes, upTo(consumer.notes.length), 'items')
      const pushed = producer.notes.filter((one) => one === true).length
      // Having closed, it may have died after that.
      const ends = close && consumer.notes.length === items - 1 ? ['ERR_CLOSED', 'ERR_PEER_DIED'] : ['ERR_PEER_DIED']
      if (pushed < items) holds(ends.includes(producer.notes.at(-1)), `pushes end with ${producer.notes.at(-1)}`)
    },
  }
}

/** The stream ends by an error, whose message is text in shared memory. */
export function fails(subject, parameters) {
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: the producer fails after an item`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer) {
          producer.push(1)
          producer.fail('no')
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer) {
          const item = consumer.pop()
          try {
            return [item, consumer.pop()]
          } catch ({ code, message }) {
            return [item, code, message, consumer.ended]
          }
        },
      },
    },
    check({ consumer }) {
      same(consumer.value, [1, 'ERR_PEER_FAILED', '[spsc] [queue-sab] no', false], 'the stream')
    },
  }
}

/** Both ends wait on their event loops. */
export function awaits(subject, parameters) {
  const { items, close = false } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: ${items} items by pushAsync and popAsync${close ? ', close' : ''}`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        async run(producer, note) {
          for (let item = 1; item <= items; item++) {
            await producer.pushAsync(item)
            note(item)
          }
          if (close) producer.close()
        },
      },
      consumer: {
        start: consumerOf(kind),
        async run(consumer, note) {
          for (let pops = 0; pops < items; pops++) note(await consumer.popAsync())
          return close ? [await consumer.popAsync(), consumer.ended] : undefined
        },
      },
    },
    check({ consumer }) {
      same(consumer.notes, upTo(items), 'items')
      if (close) same(consumer.value, [undefined, true], 'after the last item')
    },
  }
}

/** Waits on an event loop with a time limit, and one that is given up by a signal. */
export function givesUp(subject, parameters) {
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: popAsync times out or is aborted, an item comes`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer) {
          producer.push(1)
        },
      },
      consumer: {
        start: consumerOf(kind),
        async run(consumer) {
          const controller = new AbortController()
          const aborted = consumer.popAsync({ signal: controller.signal }).catch((reason) => reason)
          controller.abort('enough')
          const first = await aborted
          const second = first === 'enough' ? await consumer.popAsync({ timeoutMs: 5 }) : first
          return second ?? (await consumer.popAsync())
        },
      },
    },
    check({ consumer }) {
      same(consumer.value, 1, 'the item')
    },
  }
}

/** An end's close ends its own pending wait. */
export function closesOwnWait(subject, parameters) {
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: close of an end ends its own popAsync and pushAsync`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        async run(producer) {
          const pushes = upTo(parameters.capacity + 1).map((item) => producer.pushAsync(item).catch(({ code }) => code))
          producer.close()
          const results = await Promise.all(pushes)
          return results.at(-1)
        },
      },
      consumer: {
        start: consumerOf(kind),
        async run(consumer) {
          const waiting = [consumer.popAsync(), consumer.popAsync(), consumer.popAsync()]
          consumer.close()
          const items = await Promise.all(waiting)
          return items.filter((item) => item !== undefined)
        },
      },
    },
    check({ producer, consumer }) {
      same(consumer.value, upTo(consumer.value.length), 'items')
      holds(producer.value === 'ERR_CLOSED' || producer.value === true, `the last push gave ${producer.value}`)
    },
  }
}

/** Items in place: reserve and commit, peek and release, and the waits for them. */
export function spans(subject, parameters) {
  const { items, block = 2 } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: ${items} items in spans of ${block}, close`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          for (let next = 1; next <= items; ) {
            producer.awaitRoom()
            const { array, start, end } = producer.reserve(Math.min(block, items + 1 - next))
            for (let i = start; i < end; i++) array[i] = next++
            producer.commit(end - start)
            note(next)
          }
          producer.close()
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          while (consumer.awaitItems()) {
            const { array, start, end } = consumer.peek(block)
            const read = []
            for (let i = start; i < end; i++) read.push(array[i])
            consumer.release(end - start)
            note(read.join())
          }
        },
      },
    },
    check({ consumer }) {
      same(consumer.notes.join(), upTo(items).join(), 'items')
    },
  }
}

/** Batches of a typed array, and into one. */
export function batches(subject, parameters) {
  const { items, into = 2 } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: ${items} items by pushMany and popMany of ${into}`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          const all = Int32Array.from(upTo(items))
          for (let pushed = 0; pushed < items; ) {
            const some = producer.pushMany(all.subarray(pushed))
            pushed += some
            if (some === 0) pause()
            else note(pushed)
          }
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          for (let popped = 0; popped < items; ) {
            const block = new Array(into).fill(0)
            const some = consumer.popMany(block)
            popped += some
            if (some === 0) pause()
            else note(block.slice(0, some).join())
          }
        },
      },
    },
    check({ consumer }) {
      same(consumer.notes.join(), upTo(items).join(), 'items')
    },
  }
}

const bytesOf = (item, length) => Uint8Array.from({ length }, (_, i) => 16 * item + i)

/** Items that are bytes: of `frames` item n is as long as `lengths` says, of `bytes` all are. */
export function carriesBytes(subject, parameters) {
  const { lengths, close = true } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: items of ${lengths.join(', ')} bytes${close ? ', close' : ''}`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          for (let item = 1; item <= lengths.length; item++) {
            producer.push(bytesOf(item, lengths[item - 1]))
            note(item)
          }
          if (close) producer.close()
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          for (let pops = 0; pops < lengths.length; pops++) note(consumer.pop().join())
          return close ? consumer.pop() : undefined
        },
      },
    },
    check({ consumer }, handle) {
      const expected = lengths.map((length, i) => bytesOf(i + 1, length).join())
      same([consumer.notes, consumer.value], [expected, undefined], 'items')
      if (!(parameters.wrap ?? true)) {
        const { pushed, popped } = kind.attach(handle).stats()
        same([pushed, popped], [lengths.length, lengths.length], 'pushed and popped')
      }
    },
  }
}

/** Each item that finds the queue full is counted, and none waits. */
export function dropsNewest(subject, parameters) {
  const { items } = parameters
  const kind = kindOf(subject, { ...parameters, onFull: 'drop-newest' })
  return {
    title: `${kind.what}: ${items} items, close`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => kind.create().handle,
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          for (let item = 1; item <= items; item++) note(producer.push(item))
          producer.close()
        },
      },
      consumer: { start: consumerOf(kind), run: popAll },
    },
    check({ producer, consumer }, handle) {
      same(
        consumer.notes,
        upTo(items).filter((item) => producer.notes[item - 1]),
        'items',
      )
      const dropped = producer.notes.filter((pushed) => !pushed).length
      const { length } = consumer.notes
      same(kind.attach(handle).stats(), { pushed: length, popped: length, dropped, overwritten: 0 }, 'stats')
    },
  }
}

/** The oldest item goes where there is no room: the consumer gets the others, and never a piece of two. */
export function overwritesOldest(subject, parameters) {
  const { items, lengths } = parameters
  const kind = kindOf(subject, { ...parameters, onFull: 'overwrite-oldest' })
  const itemAt = (item) => (lengths === undefined ? item : bytesOf(item, lengths[item - 1]))
  const show = (item) => (lengths === undefined ? item : item.join())
  return {
    title: `${kind.what}: ${items} items${lengths === undefined ? '' : ` of ${lengths} bytes`}, close`,
    forgets,
    racy: [...HINTS, 'RingConsumer.tryPop', 'RingConsumer.popMany', 'FrameMemory.lengthAt', 'FrameMemory.read'],
    words: kind.words,
    setup: () => kind.create().handle,
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          for (let item = 1; item <= items; item++) {
            producer.push(itemAt(item))
            note(item)
          }
          producer.close()
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          for (let item = consumer.pop(); item !== undefined; item = consumer.pop()) note(show(item))
        },
      },
    },
    check({ consumer }, handle) {
      const all = upTo(items).map((item) => show(itemAt(item)))
      const { notes } = consumer
      let last = -1
      for (const item of notes) {
        const at = all.indexOf(item, last + 1)
        holds(at > last, `popped ${notes.join(' | ')}`)
        last = at
      }
      same(notes.at(-1), all.at(-1), 'the last item')
      const { pushed, popped, overwritten } = kind.attach(handle).stats()
      same([pushed, popped, overwritten], [items, notes.length, items - notes.length], 'stats')
    },
  }
}

/** A thread at an end of two queues: what it holds back in one comes out when it waits in the other. */
export function answers(subject, parameters) {
  const { items } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}, twice: ${items} questions and answers`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => ({ there: wrapping(kind, parameters), back: wrapping(kind, parameters) }),
    threads: {
      producer: {
        start: ({ there, back }) => [kind.attach(there).producer(), kind.attach(back).consumer()],
        run([questions, answers], note) {
          for (let item = 1; item <= items; item++) {
            questions.push(item)
            questions.push(item)
            note(answers.pop())
          }
        },
      },
      consumer: {
        start: ({ there, back }) => [kind.attach(there).consumer(), kind.attach(back).producer()],
        run([questions, answers], note) {
          for (let item = 1; item <= items; item++) {
            const sum = questions.pop() + questions.pop()
            answers.push(sum)
            note(sum)
          }
        },
      },
    },
    check({ producer }) {
      same(
        producer.notes,
        upTo(items).map((item) => 2 * item),
        'answers',
      )
    },
  }
}

/** Held back items and slots come out at the end of the turn, though nobody waits or flushes. */
export function turnEnds(subject, parameters) {
  const { items } = parameters
  const kind = kindOf(subject, { ...parameters, publish: 'adaptive' })
  return {
    title: `${kind.what}: ${items} items, then the turn ends`,
    forgets,
    racy: HINTS,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer) {
          for (let item = 1; item <= items; item++) producer.tryPush(item)
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          for (let pops = 0; pops < items; pops++) note(consumer.pop())
        },
      },
    },
    check({ consumer }, handle) {
      same(consumer.notes, upTo(items), 'items')
      same(kind.attach(handle).size, 0, 'size')
    },
  }
}

/** A third thread looks at the queue while both ends are at work. */
export function looks(subject, parameters) {
  const { items } = parameters
  const kind = kindOf(subject, parameters)
  const isRing = (parameters.kind ?? 'ring') === 'ring'
  return {
    title: `${kind.what}: size, closed and stats while ${items} items pass, close`,
    forgets,
    racy: [...HINTS, 'Totals.read'],
    words: kind.words,
    setup: () => kind.create().handle,
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer, note) {
          pushAll(producer, note, items)
          producer.close()
          return producer.size
        },
      },
      consumer: {
        start: consumerOf(kind),
        run(consumer, note) {
          popAll(consumer, note)
          return consumer.size
        },
      },
      visitor: {
        start: (handle) => kind.attach(handle),
        run(queue) {
          const { pushed, popped } = isRing ? queue.stats() : { pushed: 0, popped: 0 }
          const closed = queue.closed
          const size = queue.size
          return { closed, size, pushed, popped }
        },
      },
    },
    check({ producer, consumer, visitor }, handle) {
      same([consumer.notes, consumer.value], [upTo(items), 0], 'items, and size after them')
      holds(producer.value <= parameters.capacity, `size ${producer.value} at the producer`)
      const { size, pushed, popped } = visitor.value
      holds(size >= 0 && size <= parameters.capacity, `size ${size}`)
      holds(pushed <= items && popped <= items, `${pushed} pushed, ${popped} popped`)
      const queue = kind.attach(handle)
      same([queue.size, queue.closed], [0, true], 'size and closed at the end')
      if (isRing) same(queue.stats(), { pushed: items, popped: items, dropped: 0, overwritten: 0 }, 'stats at the end')
    },
  }
}

/** One end after the other: what the consumer is told is exact then. */
export function inTurn(subject, parameters) {
  const { capacity } = parameters
  const kind = kindOf(subject, parameters)
  return {
    title: `${kind.what}: a full queue, drained once its producer is over`,
    forgets,
    words: kind.words,
    setup: () => wrapping(kind, parameters),
    threads: {
      producer: {
        start: producerOf(kind),
        run(producer) {
          for (const item of upTo(capacity)) producer.tryPush(item)
          return producer.size
        },
      },
      consumer: {
        after: 'producer',
        start: consumerOf(kind),
        run(consumer) {
          const told = [consumer.size]
          for (let pops = 0; pops < capacity; pops++) told.push(consumer.tryPop(), consumer.size)
          return told
        },
      },
    },
    check({ producer, consumer }) {
      same(producer.value, capacity, 'size of a full queue')
      same(consumer.value, [capacity, ...upTo(capacity).flatMap((item) => [item, capacity - item])], 'items and sizes')
    },
  }
}

/** Of two threads that take the same end, one gets it. */
export function claims(subject, parameters) {
  const kind = kindOf(subject, parameters)
  const claim = {
    start: (handle) => kind.attach(handle),
    run: (queue) => codeOr(() => queue.producer().capacity),
  }
  return {
    title: `${kind.what}: two threads take one end`,
    forgets,
    words: kind.words,
    setup: () => kind.create().handle,
    threads: { one: claim, other: claim },
    check({ one, other }, handle) {
      same([one.value, other.value].sort(), [parameters.capacity, 'ERR_CLAIMED'], 'who has it')
      same(Array.from(new Int32Array(handle, 24, 2)), [1, 0], 'the claims in the header')
    },
  }
}
