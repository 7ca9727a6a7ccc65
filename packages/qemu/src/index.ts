export { cacheFolder } from './cache.js'
export * from './guest-lab.js'
export * from './options.js'
