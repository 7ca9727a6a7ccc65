import { optionError } from './errors.js'
import type { SlotLayout } from './memory.js'

/**
 * The numbers that a slot can hold. `code` stands in the header, `View` reads and writes the slots; an item's TypeScript
 * type follows from the view. A new element type is a new line.
 */
export const ELEMENTS = {
  i32: { code: 1, View: Int32Array },
  f64: { code: 2, View: Float64Array },
  u32: { code: 3, View: Uint32Array },
  f32: { code: 4, View: Float32Array },
  i64: { code: 5, View: BigInt64Array },
  u64: { code: 6, View: BigUint64Array },
} as const

export type ElementType = keyof typeof ELEMENTS

/** Those whose items are numbers, not bigints. */
export type NumberType = Exclude<ElementType, 'i64' | 'u64'>

/** How numbers of this kind lie in memory. */
export function layoutOf(name: ElementType): SlotLayout {
  const { code, View } = ELEMENTS[name]
  return { name, code, slotBytes: View.BYTES_PER_ELEMENT, schema: 0, slotsPerUnit: 1 }
}

export const ELEMENT_TYPES = Object.keys(ELEMENTS) as ElementType[]

/** @throws `ERR_OPTION` unless `type` is one of the `allowed` names; `others` says what else may stand there */
export function checkElementType(
  type: unknown,
  allowed: readonly string[] = ELEMENT_TYPES,
  others = '',
): asserts type is ElementType {
  // An array of one name would pass for the name where a property is looked up.
  if (!allowed.includes(type as string)) throw optionError('type', type, allowed.join(', ') + others)
}

/**
 * The item as what a slot takes, by the typed array's own conversion. It must come before a push touches the queue, since
 * it can run the caller's code (`valueOf`), which may throw or push itself. Of a number it costs nothing measurable. Where
 * the slots hold bigints and this is none, or the other way round, storing it throws, still before anything has changed.
 *
 * @throws TypeError for a symbol; whatever the item's `valueOf` throws
 */
export function toSlot<Item>(item: Item): Item {
  return typeof item === 'bigint' ? item : (+(item as number) as Item)
}

/** The typed array over the slots: `ViewOf<'i32'>` is `Int32Array`. */
export type ViewOf<Type extends ElementType> = InstanceType<(typeof ELEMENTS)[Type]['View']>

/** The JavaScript type of an item: `ItemOf<'i32'>` is `number`, `ItemOf<'i64'>` is `bigint`. */
export type ItemOf<Type extends ElementType> = ViewOf<Type>[number]
