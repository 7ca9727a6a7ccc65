import { isUnavailable } from '@spsc/core'
import { oneLine } from '../text.js'
import { escapeHtml } from './escape.js'

// A manifest may come from any version of the laboratory, so it is looked at before it is believed.

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A stored value in words; `undefined` where there is none. */
function wordsOf(value: unknown): string | undefined {
  if (isUnavailable(value)) return `unavailable (${value.unavailable})`
  if (Array.isArray(value)) return value.every((part) => typeof part !== 'object') ? value.join(', ') : undefined
  return ['string', 'number'].includes(typeof value) ? String(value) : undefined
}

/** What the fingerprint's fields are called, in the order shown. */
const MACHINE: Readonly<Record<string, string>> = {
  id: 'fingerprint',
  system: 'system',
  cpu_model: 'CPU',
  cpus_allowed: 'CPUs allowed',
  governors: 'governors',
  hypervisor: 'hypervisor',
  kernel: 'kernel',
  clock_source: 'clock source',
  cpu_quota: 'CPU quota',
  memory_gib: 'memory (GiB)',
  node: 'Node',
}

function machineText(machine: unknown): string | undefined {
  if (!isObject(machine) || isUnavailable(machine)) return wordsOf(machine)
  const parts = Object.entries(MACHINE).flatMap(([key, called]) => {
    const words = isUnavailable(machine[key]) ? undefined : wordsOf(machine[key])
    return words === undefined || words === '' ? [] : [`${called} ${words}`]
  })
  return parts.length === 0 ? undefined : parts.join(' · ')
}

function loadText(load: unknown): string | undefined {
  if (!Array.isArray(load) || !load.every(Number.isFinite)) return undefined
  return `${load.map((value: number) => value.toFixed(2)).join(', ')} over 1, 5 and 15 minutes as the run began`
}

function determinismText(determinism: unknown): string | undefined {
  if (!isObject(determinism) || !Array.isArray(determinism.sha256)) return undefined
  const hashes = [...new Set(determinism.sha256.map(String))].join(' and ')
  return `two boots gave ${determinism.identical === true ? 'identical' : 'different'} latencies: SHA-256 ${hashes}`
}

/** What was run, when and where, as a list of terms; empty where there is no manifest. */
export function provenanceHtml(manifest: unknown): string {
  if (!isObject(manifest)) return ''
  const versions = isObject(manifest.versions) ? Object.entries(manifest.versions).map((entry) => entry.join(' ')) : []
  const terms: readonly (readonly [string, string | undefined])[] = [
    ['Command', wordsOf(manifest.command)],
    ['Started', wordsOf(manifest.started_at)],
    ['Versions', versions.join(', ') || undefined],
    ['Machine', machineText(manifest.machine)],
    ['Host of the guest', machineText(manifest.host)],
    ['Determinism', determinismText(manifest.determinism)],
    ['Load average', loadText(manifest.load)],
  ]
  const rows = terms.flatMap(([term, words]) =>
    words === undefined ? [] : [`<div><dt>${term}</dt><dd>${escapeHtml(oneLine(words))}</dd></div>`],
  )
  return rows.length === 0 ? '' : `<dl class="provenance">\n${rows.join('\n')}\n</dl>`
}
