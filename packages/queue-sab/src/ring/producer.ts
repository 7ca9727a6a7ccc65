import { type ElementType, type ItemOf, toSlot, type ViewOf } from '../elements.js'
import { SlotProducer } from './slot-producer.js'
import { ITEM } from './words.js'

/** The ring's producing end for numbers. */
export class RingProducer<Type extends ElementType> extends SlotProducer<ItemOf<Type>, ViewOf<Type>> {
  tryPush(item: ItemOf<Type>): boolean {
    const slot = toSlot(item)
    const tail = this.tail
    if (tail === this.limit && !this.findRoom(1)) return this.refuse()
    this.slots[(tail >>> 2) & this.mask] = slot as never
    // As `advance` does it, by hand: a call costs a quarter of the push.
    const next = (tail + ITEM) | 0
    this.tail = next
    if (next === this.lookAt) this.publishOrHold()
    return true
  }

  protected override prepare(item: ItemOf<Type>): ItemOf<Type> {
    return toSlot(item)
  }

  override pushMany(items: ArrayLike<ItemOf<Type>>): number {
    if (!ArrayBuffer.isView(items)) return super.pushMany(items)
    const wanted = items.length
    if (this.room() < wanted) this.findRoom(Math.min(wanted, this.slotsInUse))
    const count = Math.min(wanted, this.room())
    if (count === 0) return 0
    const first = this.tail >>> 2
    for (let i = 0; i < count; i++) this.slots[(first + i) & this.mask] = items[i] as never
    this.publishNext(count)
    return count
  }
}
