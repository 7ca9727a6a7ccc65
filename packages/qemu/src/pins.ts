import { kebab, type Scenario, SpscError } from '@spsc/core'
import type { GuestOptions } from './options.js'

/**
 * Refuses a scenario that pins to a CPU that the guest has not. On one CPU, `last` would be `first`, and the scenario
 * another under its old name.
 *
 * @throws `ERR_CPU`
 */
export function checkPins(scenarios: readonly Scenario[], { mode, cpus }: GuestOptions): void {
  for (const scenario of scenarios) {
    for (const setting of ['pinProducer', 'pinConsumer'] as const) {
      const pin = scenario[setting]
      const isThere = typeof pin === 'number' ? pin < cpus : pin !== 'last' || cpus > 1
      if (isThere) continue
      const has = cpus === 1 ? 'one CPU, 0' : `CPUs 0 to ${cpus - 1}`
      const cure = mode === 'deterministic' ? 'measure it with --mode smp' : 'raise --guest-cpus'
      throw new SpscError(
        'ERR_CPU',
        'qemu',
        `scenario ${scenario.name} has --${kebab(setting)} ${pin}, and the guest has ${has}; ${cure}, or leave the scenario out`,
      )
    }
  }
}
