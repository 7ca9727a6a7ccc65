// Publishes the schema of scenario files for editors: dist/scenario-file.schema.json.
import { writeFileSync } from 'node:fs'
import { toJsonSchema } from '@valibot/to-json-schema'
import { scenarioFileSchema } from '../dist/index.js'

const schema = toJsonSchema(scenarioFileSchema, { typeMode: 'input', errorMode: 'ignore' })
writeFileSync(
  new URL('../dist/scenario-file.schema.json', import.meta.url),
  `${JSON.stringify({ title: 'spsc scenario file', ...schema }, null, 2)}\n`,
)
