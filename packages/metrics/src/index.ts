export * from './histogram.js'
export * from './histogram-collector.js'
export * from './ledger-collector.js'
export * from './statistics.js'
