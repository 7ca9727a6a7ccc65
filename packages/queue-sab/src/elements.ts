/**
 * What a slot can hold. `code` stands in the header, `View` reads and writes the slots; an item's TypeScript type follows
 * from the view. A new element type is a new line.
 */
export const ELEMENTS = {
  i32: { code: 1, View: Int32Array },
  f64: { code: 2, View: Float64Array },
} as const

export type ElementType = keyof typeof ELEMENTS

/** The JavaScript type of an item: `ItemOf<'i32'>` is `number`. */
export type ItemOf<Type extends ElementType> = InstanceType<(typeof ELEMENTS)[Type]['View']>[number]
