import type { ServerResponse } from 'node:http'

/** A page that takes nothing for so long that this many bytes wait for it is cut off; it may come back. */
const MAX_WAITING_BYTES = 16 * 2 ** 20

/**
 * Server-sent events (WHATWG HTML 9.2) for any number of pages. One that comes late, or comes back, is told what it
 * missed: all that was kept, and of each kind of state the latest.
 */
export class EventLog {
  readonly #kept: string[] = []
  readonly #state = new Map<string, string>()
  readonly #readers = new Set<ServerResponse>()

  /** Tells what stays true. */
  keep(event: string, data: unknown): void {
    const message = `id: ${this.#kept.length}\n${messageOf(event, data)}`
    this.#kept.push(message)
    this.#send(message)
  }

  /** Tells what holds until it is told anew. @param key tells it from other things that the same event is of */
  show(event: string, data: unknown, key = event): void {
    const message = messageOf(event, data)
    this.#state.set(key, message)
    this.#send(message)
  }

  /** @param lastId the last event that the page has seen; below 0: none */
  attach(reader: ServerResponse, lastId: number): void {
    reader.write([...this.#kept.slice(lastId + 1), ...this.#state.values()].join(''))
    this.#readers.add(reader)
    reader.on('close', () => this.#readers.delete(reader))
  }

  /** Ends every page's stream, and waits until it has been taken, or `graceMs` have passed. */
  async end(graceMs: number): Promise<void> {
    const taken = [...this.#readers].map((reader) => new Promise((resolve) => reader.end(resolve)))
    let timer: NodeJS.Timeout | undefined
    const over = new Promise((resolve) => {
      timer = setTimeout(resolve, graceMs)
    })
    await Promise.race([Promise.all(taken), over])
    clearTimeout(timer)
  }

  #send(message: string): void {
    for (const reader of this.#readers) {
      if (reader.writableLength > MAX_WAITING_BYTES) reader.destroy()
      else reader.write(message)
    }
  }
}

/** JSON is one line, as an event's data has to be here. */
function messageOf(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
