import { readFileSync, rmSync } from 'node:fs'
import type { ResultRecord } from '@spsc/core'
import { manifestPath, type OnExisting, RunStore, resultsPath, type StorePlace } from '@spsc/lab'
import type { GuestJob } from './protocol.js'

/**
 * Where the records of a guest are stored on the host, one as each comes. A run that is to be replaced stays until there
 * is something to replace it with, and a guest that fails before that leaves no trace.
 */
export class GuestStore {
  readonly #place: StorePlace
  #store: RunStore | undefined
  #manifest: Readonly<Record<string, unknown>> | undefined
  #stored = 0

  /** @throws `ERR_EXISTS`, `ERR_OUTPUT`, as the store of any run */
  constructor(place: StorePlace, onExisting: OnExisting) {
    this.#place = place
    if (onExisting === 'replace') return
    this.#store = new RunStore(place, onExisting)
  }

  /** What is there of a run that goes on. @throws `ERR_OUTPUT` where its manifest can't be read */
  get earlier(): Pick<GuestJob, 'earlier'> {
    if (!this.#store || this.#store.earlier.length === 0) return {}
    const results = readFileSync(resultsPath(this.#place), 'utf8')
    return { earlier: { results, manifest: JSON.stringify(this.#store.readManifest()) } }
  }

  get earlierRecords(): readonly ResultRecord[] {
    return this.#store?.earlier ?? []
  }

  append(record: ResultRecord): void {
    this.#open().append(record)
    this.#stored++
  }

  writeManifest(manifest: Readonly<Record<string, unknown>>): void {
    this.#manifest = manifest
    this.#store?.writeManifest(manifest)
  }

  #open(): RunStore {
    if (this.#store === undefined) {
      this.#store = new RunStore(this.#place, 'replace')
      if (this.#manifest !== undefined) this.#store.writeManifest(this.#manifest)
    }
    return this.#store
  }

  /** Ends it; of a run that has stored nothing, nothing stays. */
  close({ isFailure }: { readonly isFailure: boolean }): void {
    if (!isFailure) this.#open()
    if (this.#store === undefined) return
    const isEmpty = this.#stored === 0 && this.earlierRecords.length === 0
    if (isFailure && isEmpty) {
      this.#store.abandon()
      rmSync(manifestPath(this.#place), { force: true })
    } else this.#store.close()
    this.#store = undefined
  }
}
