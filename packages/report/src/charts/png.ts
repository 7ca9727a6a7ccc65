import { createRequire } from 'node:module'
import { encodePng } from './png-encoding.js'

const FONT = '@expo-google-fonts/pt-sans/400Regular/PTSans_400Regular.ttf'
const FAMILY = 'PT Sans'
/** Pixels of the PNG per pixel of the SVG. */
const ZOOM = 2

/**
 * A picture as PNG, at twice its size, drawn by threads beside this one. The font is our own, so that no machine's fonts
 * change the bytes: it has Latin and Cyrillic letters, others show as boxes.
 *
 * @param svg what `drawCharts` gave
 * @throws whatever keeps the renderer from loading: it is a binary, and not there for every platform
 */
export async function toPng(svg: string): Promise<Uint8Array> {
  const { renderAsync } = await import('@resvg/resvg-js')
  const fontFiles = [createRequire(import.meta.url).resolve(FONT)]
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: FAMILY, sansSerifFamily: FAMILY }
  const { pixels, width, height } = await renderAsync(svg, { font, fitTo: { mode: 'zoom', value: ZOOM } })
  return encodePng(pixels, width, height)
}
