import {
  attachMutexQueue,
  attachQueue,
  createMutexQueue,
  createQueue,
  type NumberType,
  type Queue,
  type QueueOptions,
} from '@spsc/queue-sab'

type Create = <Type extends NumberType = 'i32'>(options: QueueOptions<Type>) => Queue<Type>

/** Everything that must hold for both kinds is tested for both. Words are 32-bit offsets, as in LAYOUT.md. */
export const KINDS = [
  {
    name: 'ring',
    create: createQueue as Create,
    attach: attachQueue as (handle: unknown) => Queue,
    /** The flag of a word that says that this end sleeps. */
    asleep: { consumer: { word: 32, mask: 1 }, producer: { word: 64, mask: 1 } },
    /** Sets the counts of an unused queue as if `items` had gone through it. */
    startAt(handle: SharedArrayBuffer, items: number) {
      new Int32Array(handle).fill(items << 2, 32, 33).fill(items << 2, 64, 65)
    },
    /** Items after which its counts start again from 0. */
    modulus: 2 ** 30,
    /** Where the counts are, and how much one item adds. */
    counts: { pushed: 32, popped: 64, step: 4 },
  },
  {
    name: 'mutex',
    create: createMutexQueue as Create,
    attach: attachMutexQueue,
    asleep: { consumer: { word: 34, mask: -1 }, producer: { word: 36, mask: -1 } },
    startAt(handle: SharedArrayBuffer, items: number) {
      new Int32Array(handle).fill(items | 0, 37, 39)
    },
    modulus: 2 ** 32,
    counts: { pushed: 37, popped: 38, step: 1 },
  },
] as const

export type Kind = (typeof KINDS)[number]
