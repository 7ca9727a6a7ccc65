// Tests are TypeScript and import their package by name, so they exercise dist: what ships.
export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  // Of a test that hangs: others use the machine too, and may slow it down ten times.
  timeout: '180s',
}
