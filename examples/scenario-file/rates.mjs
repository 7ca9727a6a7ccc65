// A module may compute its scenarios: offered load in steps, kept by absolute deadlines.
//   npx spsc run examples/scenario-file/rates.mjs
const rates = [100, 1000, 5000]

/** @type {import('@spsc/core').ScenarioFile} */
export default {
  name: 'rates',
  defaults: { duration: '1s', warmup: '200ms', pacing: 'deadline' },
  scenarios: Object.fromEntries(rates.map((perSecond) => [`${perSecond}-per-s`, { prodIntervalUs: 1e6 / perSecond }])),
}
