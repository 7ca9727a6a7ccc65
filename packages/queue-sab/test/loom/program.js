import { Program } from '@spsc/loom'

/** The package as it ships, and its scenarios. */
export const loadProgram = () =>
  Program.load({
    subject: new URL(import.meta.resolve('@spsc/queue-sab')),
    scenarios: new URL('./scenarios.js', import.meta.url),
  })
