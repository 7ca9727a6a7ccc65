// Checked by tsc, never run: what the types of items come to, end to end.

import {
  type AsyncConsumer,
  attachDuplex,
  attachQueue,
  bytes,
  type ConsumerOf,
  clone,
  createDuplex,
  createMutexQueue,
  createQueue,
  frames,
  type ItemOf,
  json,
  type NumberType,
  type ProducerOf,
  type Queue,
  type RecordOf,
  type RingQueue,
  readableStream,
  record,
  writableStream,
} from '@spsc/queue-sab'
import { nodeReadable, nodeWritable } from '@spsc/queue-sab/node'

/** Compiles only where the two are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(holds: Same<A, B>): void

declare const handle: SharedArrayBuffer

same<ItemOf<'i32' | 'f64' | 'u32' | 'f32'>, number>(true)
same<ItemOf<'i64'>, bigint>(true)
same<ItemOf<'u64'>, bigint>(true)
same<ItemOf<NumberType>, number>(true)

const i32 = createQueue({ capacity: 8 })
same<typeof i32, RingQueue<'i32'>>(true)
same<ReturnType<ReturnType<typeof i32.consumer>['tryPop']>, number | undefined>(true)
const span = i32.producer().reserve(1)
span.array satisfies Int32Array
// @ts-expect-error: a number is wanted
i32.producer().tryPush('1')
// @ts-expect-error: a number is wanted
i32.producer().tryPush(1n)
i32 satisfies Queue<'i32'>

const i64 = createQueue({ capacity: 8, type: 'i64' })
same<ReturnType<ReturnType<typeof i64.consumer>['tryPop']>, bigint | undefined>(true)
i64.consumer().peek(1).array satisfies BigInt64Array
i64.producer().tryPush(1n)
// @ts-expect-error: a bigint is wanted
i64.producer().tryPush(1)
// @ts-expect-error: of bigints the lock has none
createMutexQueue({ capacity: 8, type: 'i64' })
// @ts-expect-error: there is no such type
createQueue({ capacity: 8, type: 'i8' })
// @ts-expect-error: there is no such policy
createQueue({ capacity: 8, onFull: 'drop-oldest' })

const attached = attachQueue(handle)
same<typeof attached, RingQueue<NumberType>>(true)
same<ReturnType<ReturnType<typeof attached.consumer>['tryPop']>, number | undefined>(true)
const bigs = attachQueue(handle, { type: 'u64' }).consumer()
same<ReturnType<typeof bigs.tryPop>, bigint | undefined>(true)

const fixed = createQueue({ capacity: 8, type: bytes(4) })
same<ReturnType<ReturnType<typeof fixed.consumer>['pop']>, Uint8Array | undefined>(true)
same<ReturnType<ReturnType<typeof fixed.consumer>['peek']>['array'], readonly Uint8Array[]>(true)
fixed.consumer().tryPopInto(new Uint8Array(4)) satisfies number | undefined
// @ts-expect-error: bytes are wanted
fixed.producer().tryPush([1, 2, 3, 4])

const framed = createQueue({ capacity: 64, type: frames() })
framed.consumer().tryPopInto(new Uint8Array(4)) satisfies number | undefined
framed.producer().maxBytes satisfies number
// @ts-expect-error: frames are not read in place
framed.consumer().peek(1)

const trade = record({ id: 'u32', price: 'f64', at: 'i64', buy: 'bool', symbol: 'ascii8' })
const trades = createQueue({ capacity: 8, type: trade })
type Trade = { id: number; price: number; at: bigint; buy: boolean; symbol: string }
const popped = trades.consumer().tryPop()
same<typeof popped, Trade | undefined>(true)
same<RecordOf<{ id: 'u32'; at: 'u64' }>, { id: number; at: bigint }>(true)
trades.producer().tryPush({ id: 1, price: 1, at: 1n, buy: true, symbol: '' })
trades.producer().pushMany([{ id: 1, price: 1, at: 1n, buy: true, symbol: '' }])
// @ts-expect-error: a field is missing
trades.producer().tryPush({ id: 1, price: 1, at: 1n, buy: true })
// @ts-expect-error: a bigint is wanted
trades.producer().tryPush({ id: 1, price: 1, at: 1, buy: true, symbol: '' })
const inPlace = trades.producer().reserve(1).array[0]
if (inPlace) inPlace.symbol = 'SPSC'
// @ts-expect-error: there is no such field
inPlace?.volume
// @ts-expect-error: there is no such field type
record({ id: 'int' })
// @ts-expect-error: the target lacks fields
trades.consumer().tryPopInto({ id: 1 })

const messages = createQueue({ capacity: 64, type: json<{ user: string }>() })
same<ReturnType<ReturnType<typeof messages.consumer>['tryPop']>, { user: string } | undefined>(true)
// @ts-expect-error: another message is wanted
messages.producer().tryPush({ name: 'ada' })
const anything = createQueue({ capacity: 64, type: json() }).consumer().tryPop()
same<typeof anything, unknown>(true)

const clones = createQueue({ capacity: 64, type: clone<Map<string, Date>>() })
same<Awaited<ReturnType<ReturnType<typeof clones.consumer>['popAsync']>>, Map<string, Date> | undefined>(true)
// @ts-expect-error: another item is wanted
clones.producer().pushAsync(new Map([[1, new Date()]]))

const duplex = createDuplex({ capacity: 8, type: trade })
same<typeof duplex.producer, ProducerOf<typeof trade>>(true)
same<typeof duplex.consumer, ConsumerOf<typeof trade>>(true)
const other = attachDuplex(duplex.handle, { type: trade }).consumer.tryPop()
same<typeof other, Trade | undefined>(true)
const plain = attachDuplex(duplex.handle).consumer.tryPop()
same<typeof plain, number | undefined>(true)

export async function streams(): Promise<void> {
  for await (const item of trades.consumer()) same<typeof item, Trade>(true)
  const readable = readableStream(messages.consumer())
  same<typeof readable, ReadableStream<{ user: string }>>(true)
  const writable = writableStream(fixed.producer())
  same<typeof writable, WritableStream<Uint8Array>>(true)
  nodeReadable(i64.consumer())
  nodeWritable(i64.producer())
}

// What takes any of several queues takes what their items have in common.
export async function firstOf(consumer: AsyncConsumer<number | bigint>): Promise<number | bigint | undefined> {
  return consumer.popAsync()
}
firstOf(i32.consumer())
firstOf(i64.consumer())
// @ts-expect-error: its items are others
firstOf(fixed.consumer())
