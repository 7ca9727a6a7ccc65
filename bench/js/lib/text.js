// Numbers as text of eight hexadecimal digits, for what carries text only.
const ZERO = 48
const A = 97

export function writeDigits(bytes, at, number) {
  for (let digit = 0; digit < 8; digit++) {
    const value = (number >>> (28 - 4 * digit)) & 15
    bytes[at + digit] = value < 10 ? ZERO + value : A - 10 + value
  }
}

export function readDigits(text, at) {
  let number = 0
  for (let digit = 0; digit < 8; digit++) {
    const code = text.charCodeAt(at + digit)
    number = (number << 4) | (code < A ? code - ZERO : code - A + 10)
  }
  return number
}
