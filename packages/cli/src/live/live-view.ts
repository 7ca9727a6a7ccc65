import { randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cellKey, errorMessage, type ResultRecord, type Run, replicateKey, SpscError } from '@spsc/core'
import { resultsPath } from '@spsc/lab'
import { readRecords, tableOf } from '@spsc/report'
import { liveCells, liveFiles } from '@spsc/report/live'
import type { RunOptions } from '../run-options.js'
import { say } from '../streams.js'
import { EventLog } from './event-log.js'

const HOST = '127.0.0.1'
const TOKEN_BYTES = 24
/** What a page gets to take the last event. */
const GRACE_MS = 2000

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** A page that follows a run. */
export interface LiveView {
  /** Tells the page what the run tells, and says where the page is. */
  follow(run: Run): void
  /** Sends the last event, waits a little for the page to take it, stops serving, and says so. */
  close(): Promise<void>
}

function isToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** What the page says of a replicate beside its figures. */
function outcomeOf(record: ResultRecord) {
  const { scenario, queue, replicate } = record
  if (record.status === 'failed') return { scenario, queue, replicate, failed: record.error.message }
  return { scenario, queue, replicate, ...(record.invalid !== undefined && { invalid: record.invalid }) }
}

class Server implements LiveView {
  readonly #token = randomBytes(TOKEN_BYTES).toString('base64url')
  readonly #events = new EventLog()
  readonly #server = createServer((request, response) => this.#answer(request, response))
  /** Below the token's folder. */
  readonly #files = liveFiles()
  readonly #records = new Map<string, ResultRecord>()
  #isCancelled = () => false

  /** @param earlier records of a run that is resumed */
  constructor(name: string, earlier: readonly ResultRecord[]) {
    this.#events.keep('run', { name })
    this.#add(earlier)
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port, host: HOST, exclusive: true }, resolve)
    })
    // Whatever becomes of the run, its process ends.
    this.#server.unref()
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  follow(run: Run): void {
    this.#isCancelled = () => run.signal.aborted
    // Whoever has the token may read.
    say(`live view: http://${HOST}:${this.#port}/${this.#token}/`)
    run.on('result', (record) => this.#add([record]))
    run.on('warning', (warning) => this.#events.keep('warning', warning))
    // As a replicate begins, and not again: the page is drawn on the machine that measures.
    run.on('progress', (progress) => {
      if (progress.phase === 'load') this.#events.show('progress', progress)
    })
  }

  async close(): Promise<void> {
    this.#events.keep('end', { cancelled: this.#isCancelled() })
    await this.#events.end(GRACE_MS)
    this.#server.close()
    this.#server.closeAllConnections()
    say('live view: closed; the page keeps what it shows')
  }

  #add(records: readonly ResultRecord[]): void {
    // One that failed may be measured again.
    for (const record of records) this.#records.set(replicateKey(record), record)
    for (const record of records) this.#events.keep('replicate', outcomeOf(record))
    const all = [...this.#records.values()]
    const changed = new Set(records.map(cellKey))
    for (const cell of liveCells(all.filter((record) => changed.has(cellKey(record))))) {
      this.#events.show('cell', cell, `cell ${cell.place}`)
    }
    this.#events.show('table', tableOf(all))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const served = this.#served(request)
    if (typeof served === 'number') response.writeHead(served, HEADERS).end()
    else if (served === 'events') this.#stream(request, response)
    else response.writeHead(200, { ...HEADERS, 'content-type': served.type }).end(served.body)
  }

  /** A file, the stream of events, or the status of a refusal. */
  #served({ headers, url = '', method }: IncomingMessage) {
    // A name that was made to point here (DNS rebinding) is not ours.
    if (![HOST, 'localhost'].some((host) => headers.host === `${host}:${this.#port}`)) return 403
    const [, token = '', path, ...deeper] = url.replace(/\?.*/s, '').split('/')
    if (!isToken(token, this.#token) || path === undefined || deeper.length > 0) return 404
    if (method !== 'GET') return 405
    return path === 'events' ? path : (this.#files.get(path) ?? 404)
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    const lastId = request.headers['last-event-id']
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
    this.#events.attach(response, typeof lastId === 'string' && /^\d{1,9}$/.test(lastId) ? Number(lastId) : -1)
  }
}

/**
 * Serves a page that follows a run, to this machine alone, where one was asked for.
 *
 * @throws `ERR_OPTION` where the port can't be had
 */
export async function openLiveView({ servePort, place, onExisting }: RunOptions): Promise<LiveView | undefined> {
  if (servePort === undefined) return undefined
  const path = resultsPath(place)
  const earlier = onExisting === 'resume' && existsSync(path) ? (await readRecords(path)).records : []
  const server = new Server(place.name, earlier)
  try {
    await server.listen(servePort)
    return server
  } catch (error) {
    throw new SpscError(
      'ERR_OPTION',
      'cli',
      `--serve ${servePort} can't be had: ${errorMessage(error)}; choose another port, or 0 for any that is free`,
      { cause: error },
    )
  }
}
