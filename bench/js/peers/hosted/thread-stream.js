// What thread-stream loads in the worker of its own: gets all bytes as one text, in pieces of any number of messages.
import { EventEmitter } from 'node:events'
import { collecting } from '../../lib/callbacks.js'
import { mismatch } from '../../lib/check.js'
import { follow } from '../../lib/end.js'
import { readDigits } from '../../lib/text.js'

export default function ({ size, hosted }) {
  const destination = new EventEmitter()
  const run = collecting((use) => {
    destination.write = (text) => {
      if (text.length % size !== 0) throw mismatch(`${text.length} characters`, `a multiple of ${size}`)
      for (let at = 0; at < text.length; at += size) use(itemAt(text, at))
      return true
    }
  })
  function itemAt(text, at) {
    const item = readDigits(text, at)
    const last = readDigits(text, at + size - 8)
    if (last !== item) throw mismatch(last, item)
    return item
  }
  destination.end = () => destination.emit('close')
  // Later, since it blocks until the other end is there, which waits for thread-stream to be ready.
  setImmediate(() => follow(hosted, run).catch((error) => destination.emit('error', error)))
  return destination
}
