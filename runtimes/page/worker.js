import { runHere } from './run-here.js'

self.postMessage(await runHere())
