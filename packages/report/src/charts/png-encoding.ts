import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'

// Portable Network Graphics, third edition (W3C). The renderer's own encoder takes as long as it takes to render, on the
// thread that calls it; zlib has threads of its own.

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const BYTES_PER_PIXEL = 4
/** Bits per sample, RGBA, and the only methods of compression, filtering and interlacing (none) that there are. */
const FORMAT = [8, 6, 0, 0, 0]
/** Of zlib: a third of the time of the usual 6 for a tenth more bytes, on pictures that are mostly paper. */
const LEVEL = 3

/** Clause 5.3: length, type, data, and the check of the last two. */
function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(data.length + 12)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4)
  return bytes
}

/** Clause 9: each row begins with the number of its filter, 0 for none. */
function rowsOf(pixels: Uint8Array, width: number, height: number): Buffer {
  const length = width * BYTES_PER_PIXEL
  const rows = Buffer.alloc(height * (length + 1))
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * length, (row + 1) * length), row * (length + 1) + 1)
  }
  return rows
}

/** @param pixels red, green, blue and opacity of each, row by row */
export async function encodePng(pixels: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set(FORMAT, 8)
  const data = await promisify(deflate)(rowsOf(pixels, width, height), { level: LEVEL })
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}
