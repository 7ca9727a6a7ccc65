import type { ResultRecord } from '@spsc/core'

// JSON.stringify escapes the controls below U+0020 and leaves these, which terminals obey and JavaScript once cut lines at.
// They stand in strings alone, where the escape means the same.
function escaped(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The stored records, one a line, whole. */
export function toNdjson(records: readonly ResultRecord[]): string {
  return records.map((record) => `${escaped(JSON.stringify(record))}\n`).join('')
}

/** The stored records, whole, as one JSON document: an array, a record a line. */
export function toJson(records: readonly ResultRecord[]): string {
  return `[\n${records.map((record) => escaped(JSON.stringify(record))).join(',\n')}\n]\n`
}
