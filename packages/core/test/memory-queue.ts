import { type ConsumerEnd, type ProducerEnd, SpscError } from '@spsc/core'

/** A queue in plain memory with the least that a backend's ends must have. */
export class MemoryQueue {
  readonly items: number[] = []
  readonly capacity: number
  closed = false
  readonly producer: ProducerEnd
  readonly consumer: ConsumerEnd

  constructor(capacity: number) {
    this.capacity = capacity
    const queue = this
    const shared = {
      close() {
        queue.closed = true
      },
      get closed() {
        return queue.closed
      },
    }
    this.producer = Object.create(shared, {
      tryPush: {
        value(item: number) {
          if (queue.closed) throw new SpscError('ERR_CLOSED', 'memory', 'push on a closed queue')
          if (queue.items.length === queue.capacity) return false
          queue.items.push(item)
          return true
        },
      },
    })
    this.consumer = Object.create(shared, { tryPop: { value: () => queue.items.shift() } })
  }
}
