// Mutants that nothing can notice, each with the reason. `npm run prove` fails for one that is not here and not noticed, and
// for one that is here and is noticed, or is no more.
//
// A mutant is named by where its access is, file, function, operation and which of several, and what has been made of it.

const HINT =
  'the plain read is a hint for when to publish: what is held back comes out at the end of the turn at the latest'
const STATISTICS = 'a total depends on no order: a reader who comes while ends are at work is told of some moment each'
const MEMORY_ONLY = 'the wait has ended already; this only lets the engine forget its side of it'
const NOTHING_AFTER = 'nobody writes there after the end was closed, so a read that comes later finds the same'
const BEFORE_CLOSE = 'whoever reads it has seen CLOSED first, an atomic operation that still comes after it'
const UNDER_LOCK = 'the next atomic operation is still under the lock: who takes the lock after it sees both'
const UNUSED = 'what it reads is not used: it only passes time'
const FIRST = 'it is the first access of its thread, and the other thread is gone'
const EARLIER_LOOK =
  'an older value: the sleep is decided by a later atomic operation that expects it, and fails otherwise'
const EARLIER_MOMENT = 'it tells of some moment; one before the last access is another'
const EARLIER_LOCKED = 'its last access is under the lock already, and so is who changes it'
const OVERWRITTEN = 'what is read at an older HEAD is taken by a compareExchange, which fails then'
const LATER_NOTIFY = 'the next atomic operation of the thread is no wait, so the sleeper is woken a step later'
const LATER_BUMP = 'it still comes before the notify: who has not gone to sleep by then finds the word changed'

export const EQUIVALENT = new Map([
  ['src/waiting.ts sleepAsync.abort notify: drop', MEMORY_ONLY],
  ['src/waiting.ts sleepAsync.abort notify: reorder', MEMORY_ONLY],
  ['src/waiting.ts sleepAsync.abort notify: word', `${MEMORY_ONLY}; and who sleeps on another word looks again`],
  ['src/waiting.ts wake notify: reorder', LATER_NOTIFY],
  ['src/memory.ts setState store: weaken', BEFORE_CLOSE],
  ['src/memory.ts endedBy load: weaken', BEFORE_CLOSE],
  ['src/memory.ts writeFailure set 1: reorder', BEFORE_CLOSE],
  ['src/memory.ts writeFailure set 2: reorder', BEFORE_CLOSE],
  ['src/memory.ts endedBy get 3: reorder', NOTHING_AFTER],
  ['src/memory.ts endedBy get 4: reorder', NOTHING_AFTER],
  ['src/mutex/words.ts lock load: reorder', EARLIER_LOOK],
  ['src/mutex/words.ts unlockAndSignal load: reorder', EARLIER_LOCKED],
  ['src/mutex/words.ts waitFor load: reorder', 'an older sequence only makes the wait return at once'],
  ['src/mutex/words.ts abandon load 2: reorder', 'only the thread that is gone could set the bit'],
  ['src/mutex/words.ts isClosed load: reorder', EARLIER_MOMENT],
  ['src/mutex/words.ts hasEnded load: reorder', EARLIER_MOMENT],
  ['src/mutex/words.ts unlockAndSignal add: reorder', LATER_BUMP],
  ['src/mutex/words.ts unlockAndSignal notify: reorder', LATER_NOTIFY],
  ['src/mutex/words.ts waitFor add: weaken', 'only this end changes the count, here with the lock that its reader has'],
  ['src/mutex/words.ts waitFor sub: drop', 'a count that stays up costs a notify that finds nobody'],
  ['src/mutex/words.ts waitFor sub: reorder', 'a count that goes down later costs a notify that finds nobody'],
  ['src/mutex/words.ts close or: reorder', UNDER_LOCK],
  [
    'src/mutex/words.ts abandon load 1: reorder',
    'only the thread that is gone could take the lock for itself meanwhile',
  ],
  ['src/mutex/words.ts abandon store: reorder', 'it still comes before the notify of who sleeps on the lock'],
  ['src/mutex/words.ts abandon add: reorder', LATER_BUMP],
  ['src/mutex/words.ts abandon notify: reorder', LATER_NOTIFY],
  ['src/mutex/consumer.ts MutexConsumer.ended load: reorder', 'only this end sets the bit that is looked for'],
  ['src/mutex/consumer.ts MutexConsumer.#takeAndUnlock load: reorder', EARLIER_MOMENT],
  ['src/mutex/consumer.ts MutexConsumer.#takeAndUnlock get: reorder', UNDER_LOCK],
  ['src/mutex/consumer.ts MutexConsumer.#takeAndUnlock set: reorder', UNDER_LOCK],
  ['src/mutex/producer.ts MutexProducer.#putAndUnlock set 1: reorder', UNDER_LOCK],
  ['src/mutex/producer.ts MutexProducer.#putAndUnlock set 2: reorder', UNDER_LOCK],
  ['src/ring/words.ts backOff load: drop', UNUSED],
  ['src/ring/words.ts backOff load: reorder', UNUSED],
  ['src/ring/words.ts backOff load: word', UNUSED],
  ['src/ring/words.ts awaitPeer load 1: reorder', EARLIER_LOOK],
  ['src/ring/words.ts awaitPeer load 2: reorder', EARLIER_LOOK],
  ['src/ring/words.ts awaitPeerAsync load: reorder', EARLIER_LOOK],
  ['src/ring/words.ts isClosed load 1: reorder', EARLIER_MOMENT],
  ['src/ring/words.ts isClosed load 2: reorder', EARLIER_MOMENT],
  ['src/ring/words.ts sizeOf load 2: reorder', EARLIER_MOMENT],
  ['src/ring/totals.ts Totals.read load 1: reorder', EARLIER_MOMENT],
  ['src/ring/totals.ts Totals.read load 2: reorder', EARLIER_MOMENT],
  ['src/ring/queue.ts abandon load: reorder', FIRST],
  ['src/ring/totals.ts Totals.note set: reorder', STATISTICS],
  ['src/ring/totals.ts Totals.countPushed set: reorder', STATISTICS],
  ['src/ring/totals.ts Totals.countPopped set: reorder', STATISTICS],
  ['src/ring/totals.ts Totals.countDropped set: reorder', STATISTICS],
  ['src/ring/totals.ts Totals.countOverwritten set: reorder', STATISTICS],
  ['src/ring/consumer-end.ts ConsumerEnd.releaseOrHold get: drop', HINT],
  ['src/ring/consumer-end.ts ConsumerEnd.releaseOrHold get: word', HINT],
  ['src/ring/consumer-end.ts ConsumerEnd.#catchUp load: reorder', OVERWRITTEN],
  ['src/ring/producer-end.ts ProducerEnd.throwIfUnwanted load: reorder', EARLIER_MOMENT],
  ['src/ring/producer-end.ts ProducerEnd.publishOrHold get: drop', HINT],
  ['src/ring/producer-end.ts ProducerEnd.publishOrHold get: word', HINT],
])
