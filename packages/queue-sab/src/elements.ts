/**
 * What a slot can hold. `code` stands in the header, `View` reads and writes the slots; an item's TypeScript type follows
 * from the view. A new element type is a new line.
 */
export const ELEMENTS = {
  i32: { code: 1, View: Int32Array },
  f64: { code: 2, View: Float64Array },
  u32: { code: 3, View: Uint32Array },
  f32: { code: 4, View: Float32Array },
} as const

export type ElementType = keyof typeof ELEMENTS

/**
 * The item as the number that a slot takes, by the typed array's own conversion. It must come before a push touches the
 * queue, since it can run the caller's code (`valueOf`), which may throw or push itself. Of a number it costs nothing
 * measurable.
 *
 * @throws TypeError for a symbol or a bigint; whatever the item's `valueOf` throws
 */
export function toSlot<Item>(item: Item): Item {
  return +(item as number) as Item
}

/** The typed array over the slots: `ViewOf<'i32'>` is `Int32Array`. */
export type ViewOf<Type extends ElementType> = InstanceType<(typeof ELEMENTS)[Type]['View']>

/** The JavaScript type of an item: `ItemOf<'i32'>` is `number`. */
export type ItemOf<Type extends ElementType> = ViewOf<Type>[number]
