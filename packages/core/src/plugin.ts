import type { CollectorFactory } from './collector.js'
import { errorMessage, SpscError } from './errors.js'
import type { QueueBackend } from './queue.js'

/** Where a plug-in is imported from, by every thread for itself, and which of the module's exports it is. */
export interface PluginRef {
  /** URL or package name. */
  readonly module: string
  /** A backend's `name`, or the name of a collector factory's export; absent: the default export. */
  readonly name?: string
}

async function importModule(ref: PluginRef): Promise<Record<string, unknown>> {
  try {
    return (await import(ref.module)) as Record<string, unknown>
  } catch (error) {
    throw new SpscError('ERR_PLUGIN', 'plugin', `${ref.module} can't be imported: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}

const REQUIRED = {
  name: 'string',
  module: 'string',
  supports: 'object',
  create: 'function',
  attach: 'function',
} as const

function isBackendNamed(value: unknown, name: string | undefined): value is QueueBackend {
  const candidate = value as Partial<QueueBackend> | null
  return typeof candidate === 'object' && candidate !== null && candidate.name === name
}

/** @throws `ERR_PLUGIN` naming the member that is missing or of the wrong type */
function checkBackend(value: unknown, from: string): QueueBackend {
  if (typeof value !== 'object' || value === null) {
    throw new SpscError(
      'ERR_PLUGIN',
      'plugin',
      `${from} exports no queue backend; allowed: a default export with ${Object.keys(REQUIRED).join(', ')}`,
    )
  }
  for (const [member, type] of Object.entries(REQUIRED)) {
    const found = (value as Record<string, unknown>)[member]
    if (typeof found !== type || found === null) {
      throw new SpscError(
        'ERR_PLUGIN',
        'plugin',
        `${from} is not a queue backend: ${member} is ${found === null ? 'null' : typeof found}; allowed: ${type}`,
      )
    }
  }
  return value as QueueBackend
}

/**
 * Imports a queue backend and checks its shape.
 *
 * @throws `ERR_PLUGIN`
 */
export async function loadBackend(ref: PluginRef): Promise<QueueBackend> {
  const exported = await importModule(ref)
  const named = ref.name !== undefined && Object.values(exported).find((value) => isBackendNamed(value, ref.name))
  const backend = checkBackend(named || exported.default, ref.module)
  if (ref.name !== undefined && backend.name !== ref.name) {
    throw new SpscError(
      'ERR_PLUGIN',
      'plugin',
      `${ref.module} exports no queue backend called ${ref.name}; it has ${backend.name}`,
    )
  }
  return backend
}

/**
 * Imports a collector factory.
 *
 * @throws `ERR_PLUGIN`
 */
export async function loadCollector(ref: PluginRef): Promise<CollectorFactory> {
  const exported = await importModule(ref)
  const factory = exported[ref.name ?? 'default']
  if (typeof factory !== 'function') {
    throw new SpscError(
      'ERR_PLUGIN',
      'plugin',
      `${ref.module} exports no collector ${ref.name ?? 'by default'}; allowed: a function that returns { name, start, stop }`,
    )
  }
  return factory as CollectorFactory
}
