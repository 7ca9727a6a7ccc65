import { attachMutexQueue, attachQueue, createMutexQueue, createQueue } from '@spsc/queue-sab'

/** Everything that must hold for both kinds is tested for both. Words are 32-bit offsets, as in LAYOUT.md. */
export const KINDS = [
  {
    name: 'ring',
    create: createQueue,
    attach: attachQueue,
    /** The flag of a word that says that this end sleeps. */
    asleep: { consumer: { word: 32, mask: 1 }, producer: { word: 64, mask: 1 } },
    /** Makes an unused queue look as if `items` had gone through it. */
    age(handle: SharedArrayBuffer, items: number) {
      new Int32Array(handle).fill(items << 2, 32, 33).fill(items << 2, 64, 65)
    },
    /** Items after which its counts start again from 0. */
    modulus: 2 ** 30,
  },
  {
    name: 'mutex',
    create: createMutexQueue,
    attach: attachMutexQueue,
    asleep: { consumer: { word: 34, mask: -1 }, producer: { word: 36, mask: -1 } },
    age(handle: SharedArrayBuffer, items: number) {
      new Int32Array(handle).fill(items | 0, 37, 39)
    },
    modulus: 2 ** 32,
  },
] as const

export type Kind = (typeof KINDS)[number]
