import type { Memory, SlotLayout } from './memory.js'
import type { EndOptions } from './ring/ring-end.js'

/** What travels through a queue: how its slots lie in memory, and the ends that write and read them. */
export interface ItemType<out Producer, out Consumer> extends SlotLayout {
  producer(memory: Memory, options: EndOptions): Producer
  consumer(memory: Memory, options: EndOptions): Consumer
}

/** Told by its shape, not its class: it may have been made by another copy of this package. */
export function isItemType(type: unknown): type is ItemType<unknown, unknown> {
  if (typeof type !== 'object' || type === null) return false
  const { name, code, slotBytes, schema, slotsPerUnit, producer, consumer } = type as Record<string, unknown>
  return (
    typeof name === 'string' &&
    [code, slotBytes, schema].every(Number.isInteger) &&
    (slotBytes as number) > 0 &&
    (slotsPerUnit === 1 || slotsPerUnit === 1 / 4) &&
    [producer, consumer].every((make) => typeof make === 'function')
  )
}
