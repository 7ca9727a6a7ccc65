#!/usr/bin/env node
import { main } from '../dist/index.js'

const exitCode = await main(process.argv.slice(2))
// A failing stdout has set its own.
process.exitCode ||= exitCode
