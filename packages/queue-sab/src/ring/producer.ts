import { type ElementType, type ItemOf, toSlot, type ViewOf } from '../elements.js'
import { SlotProducer } from './slot-producer.js'
import { ITEM } from './words.js'

/** The ring's producing end for numbers. */
export class RingProducer<Type extends ElementType> extends SlotProducer<ItemOf<Type>, ViewOf<Type>> {
  /** One slot that is not shared. */
  readonly #probe = this.slots.slice(0, 1)

  tryPush(item: ItemOf<Type>): boolean {
    const slot = typeof item === 'number' ? item : toSlot(item)
    const tail = this.tail
    if (tail === this.limit && !this.#makeRoom(slot)) return false
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
    const wanted = items.length
    if (!ArrayBuffer.isView(items) || (this.overwriting && wanted > this.slotsInUse)) return super.pushMany(items)
    if (this.room() < wanted) this.#findRoomFor(items[0] as ItemOf<Type>, Math.min(wanted, this.slotsInUse))
    const count = Math.min(wanted, this.room())
    if (count < wanted) this.refuse(wanted - count)
    if (count === 0) return 0
    const first = this.tail >>> 2
    for (let i = 0; i < count; i++) this.slots[(first + i) & this.mask] = items[i] as never
    this.publishNext(count)
    return count
  }

  /** The rare part of a push, apart from it: what is small is compiled into the caller's loop. */
  #makeRoom(item: ItemOf<Type>): boolean {
    return this.#findRoomFor(item, 1) || this.refuse()
  }

  /** Where an item can't be stored, a number among bigints, this throws before anything makes room for it. */
  #findRoomFor(item: ItemOf<Type>, slots: number): boolean {
    this.#probe[0] = item
    return this.findRoom(slots)
  }
}
