import * as v from 'valibot'
import { SETTINGS, type Setting, settings } from './scenario.js'

/** One value, or a list of values that unfolds into a matrix. */
function oneOrMore<Schema extends v.GenericSchema>(setting: Schema) {
  const allowed = v.getDescription(setting) ?? 'one of the values of this setting'
  return v.optional(v.union([setting, v.pipe(v.array(setting), v.minLength(1, 'at least one value'))], allowed))
}

type Matrix = { [Key in Setting]: ReturnType<typeof oneOrMore<(typeof settings)[Key]>> }

const matrix = v.strictObject(
  {
    description: v.optional(v.string('text')),
    ...(Object.fromEntries(SETTINGS.map((key) => [key, oneOrMore(settings[key])])) as Matrix),
  },
  'settings by name',
)

/**
 * A file of scenarios: what `spsc run FILE` reads from YAML, JSON or a module's default export. Settings are spelled as
 * in {@link Scenario}; a list of values is measured value by value, and `spsc` makes a list of a range (`8..64*2`)
 * before it comes here. `scenario-file.schema.json` in this package is the same as JSON schema.
 *
 * @example
 * { name: 'sizes', defaults: { duration: '2s' }, scenarios: { small: { queueCap: 8 }, others: { queueCap: [64, 1024] } } }
 */
export const scenarioFileSchema = v.strictObject(
  {
    $schema: v.optional(v.string()),
    name: v.optional(v.string('text')),
    description: v.optional(v.string('text')),
    /** Settings that every scenario of the file starts from. */
    defaults: v.optional(matrix),
    scenarios: v.pipe(
      v.record(v.string(), matrix, 'scenarios by name, each with its settings'),
      v.check((scenarios) => Object.keys(scenarios).length > 0, 'at least one scenario'),
    ),
    /** Queues to measure, as `--queue` names them. */
    queues: v.optional(v.pipe(v.array(v.string('text'), 'a list of queues'), v.minLength(1, 'at least one queue'))),
    replicates: v.optional(v.pipe(v.number('an integer'), v.integer('an integer'), v.minValue(1, 'an integer from 1'))),
  },
  'an object with scenarios',
)

export type ScenarioFile = v.InferInput<typeof scenarioFileSchema>
