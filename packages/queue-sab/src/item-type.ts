import type { Memory, SlotLayout } from './memory.js'
import type { EndOptions } from './ring/ring-end.js'

/** What travels through a queue: how its slots lie in memory, and the ends that write and read them. */
export interface ItemType<out Producer, out Consumer> extends SlotLayout {
  producer(memory: Memory, options: EndOptions): Producer
  consumer(memory: Memory, options: EndOptions): Consumer
}
