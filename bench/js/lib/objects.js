import { mismatch } from './check.js'

/** A record of five fields that all follow from its number. */
export function fillRecord(record, item) {
  record.id = item
  record.price = item / 4
  record.quantity = item ^ 0xff
  record.side = item & 1
  record.symbol = 'SPSC'
}

export function recordOf(item) {
  return { id: item, price: item / 4, quantity: item ^ 0xff, side: item & 1, symbol: 'SPSC' }
}

export function itemOfRecord(record) {
  const item = record.id
  if (record.price !== item / 4) throw mismatch(`price ${record.price}`, item / 4)
  if (record.quantity !== (item ^ 0xff)) throw mismatch(`quantity ${record.quantity}`, item ^ 0xff)
  if (record.side !== (item & 1)) throw mismatch(`side ${record.side}`, item & 1)
  if (record.symbol !== 'SPSC') throw mismatch(`symbol ${record.symbol}`, 'SPSC')
  return item
}

/** A plain object as programs send them: nested, with strings, a list and a number. */
export function objectOf(item) {
  return { id: item, type: 'order', account: { number: 7, roles: ['buy', 'sell'] }, tags: ['a', 'b'], total: item / 4 }
}

export function itemOfObject(object) {
  const item = object.id
  if (object.total !== item / 4) throw mismatch(`total ${object.total}`, item / 4)
  if (object.account.roles.length !== 2) throw mismatch(`${object.account.roles.length} roles`, 2)
  return item
}
