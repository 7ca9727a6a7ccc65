import { QueueError, show } from '../errors.js'

/** @throws `ERR_OPTION` unless `value` is a Uint8Array of `least` to `most` bytes */
export function checkBytes(what: string, value: Uint8Array, least: number, most: number): void {
  if (value instanceof Uint8Array && value.length >= least && value.length <= most) return
  const found = value instanceof Uint8Array ? `${value.length} bytes` : show(value)
  const allowed =
    least === most
      ? `${least} bytes`
      : most === Number.POSITIVE_INFINITY
        ? `from ${least} bytes on`
        : `up to ${most} bytes`
  throw new QueueError('ERR_OPTION', `${what} is ${found}; allowed: a Uint8Array of ${allowed}`)
}
