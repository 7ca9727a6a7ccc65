import type { ElementType, ItemOf, ViewOf } from '../elements.js'
import { SlotConsumer } from './slot-consumer.js'
import { ITEM } from './words.js'

/** The ring's consuming end for numbers. */
export class RingConsumer<Type extends ElementType> extends SlotConsumer<ItemOf<Type>, ViewOf<Type>> {
  tryPop(): ItemOf<Type> | undefined {
    if (this.head === this.limit && !this.findItems()) return undefined
    const head = this.head
    const item = this.slots[(head >>> 2) & this.mask] as ItemOf<Type>
    // As `advance` does it, by hand: a call costs a quarter of the pop.
    const next = (head + ITEM) | 0
    this.head = next
    // What was overwritten meanwhile is none. A loop here costs more than the pop.
    return next !== this.lookAt || this.releaseOrHold() ? item : this.tryPop()
  }

  override popMany(into: { readonly length: number; [index: number]: ItemOf<Type> }): number {
    for (;;) {
      if (this.known() < into.length) this.findItems()
      const count = Math.min(into.length, this.known())
      if (count === 0) return 0
      const first = this.head >>> 2
      for (let i = 0; i < count; i++) into[i] = this.slots[(first + i) & this.mask] as ItemOf<Type>
      if (this.takeNext(count)) return count
    }
  }
}
