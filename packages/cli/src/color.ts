import colors from 'picocolors'

/** The colours for a stream: those of a terminal, unless `--color` or NO_COLOR says otherwise. */
export function colorsFor(when: string, stream: { readonly isTTY?: boolean }) {
  return colors.createColors(when === 'always' || (when === 'auto' && colors.isColorSupported && stream.isTTY === true))
}
