import { startPipeline } from './pipeline.js'
import { createSparkline, roundUp } from './sparkline.js'

const SAMPLE_MS = 250
/** Looks at the queue's size per sample: one look alone finds it full or empty as a rule. */
const LOOKS = 10
const SECONDS = 60
const SAMPLES = (SECONDS * 1000) / SAMPLE_MS
/** Looks between two announcements of the rate to a screen reader: the figures themselves change too fast to be read out. */
const ANNOUNCE_EVERY = 40 * LOOKS

const $ = (id) => document.getElementById(id)
const form = $('settings')
const sparkline = createSparkline($('sparkline'), SAMPLES)

const decimal = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const integer = new Intl.NumberFormat('en')
const round = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })
const millions = (rate) => decimal.format(rate / 1e6)

/** What the meter shows of one run, from its start to its end. */
class Meter {
  #pipeline
  #rates = []
  #total = 0
  #best = 0
  #sizes = []
  #looked = performance.now()

  constructor(pipeline) {
    this.#pipeline = pipeline
  }

  get total() {
    return this.#total
  }

  look() {
    this.#sizes.push(this.#pipeline.size)
  }

  sample() {
    const now = performance.now()
    const items = this.#pipeline.takeConsumed()
    const rate = (items * 1000) / (now - this.#looked)
    this.#looked = now
    this.#total += items
    this.#best = Math.max(this.#best, rate)
    this.#rates = [...this.#rates, rate].slice(-SAMPLES)
    this.#show(rate)
    return rate
  }

  #show(rate) {
    const { capacity, outOfOrder } = this.#pipeline
    const size = this.#sizes.reduce((sum, one) => sum + one, 0) / Math.max(1, this.#sizes.length)
    this.#sizes = []
    $('rate').textContent = millions(rate)
    $('best').textContent = `${millions(this.#best)} M/s`
    $('total').textContent = integer.format(this.#total)
    $('order').textContent = outOfOrder === 0 ? 'all' : `all but ${integer.format(outOfOrder)}`
    $('fill').style.transform = `scaleX(${size / capacity})`
    $('fill-text').textContent = `${integer.format(Math.round(size))} of ${integer.format(capacity)}`
    const top = roundUp(Math.max(...this.#rates))
    $('top').textContent = `${round.format(top / 1e6)} M/s`
    sparkline.draw(this.#rates, top)
  }
}

let run

function say(message) {
  $('status').textContent = message
}

function showRunning(running) {
  $('toggle').textContent = running ? 'Stop' : 'Start'
  document.body.classList.toggle('running', running)
}

function start() {
  const settings = { capacity: Number(form.elements.capacity.value), spans: form.elements.mode.value === 'spans' }
  const pipeline = startPipeline(settings, (error) => {
    clearInterval(run?.timer)
    run = undefined
    showRunning(false)
    say(`A thread failed: ${error.message}`)
  })
  const meter = new Meter(pipeline)
  let looks = 0
  const timer = setInterval(() => {
    meter.look()
    if (++looks % LOOKS !== 0) return
    const rate = meter.sample()
    if (looks % ANNOUNCE_EVERY === 0) say(`Running at ${millions(rate)} million items per second.`)
  }, SAMPLE_MS / LOOKS)
  run = { pipeline, meter, timer }
  showRunning(true)
  say('Running.')
}

async function stop() {
  const { pipeline, meter, timer } = run
  run = undefined
  clearInterval(timer)
  await pipeline.stop()
  meter.sample()
  $('rate').textContent = millions(0)
  showRunning(false)
  say(`Stopped after ${integer.format(meter.total)} items, all consumed.`)
}

/** One click after the other: a stop takes until the consumer has drained the queue. */
let turn = Promise.resolve()
const inTurn = (action) => {
  turn = turn.then(action).catch((error) => say(error.message))
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  inTurn(() => (run ? stop() : start()))
})
form.addEventListener('change', () =>
  inTurn(async () => {
    if (!run) return
    await stop()
    start()
  }),
)

if (crossOriginIsolated) start()
else {
  $('not-isolated').hidden = false
  $('live').hidden = true
  $('why').textContent = isSecureContext
    ? 'It came without the headers that this takes.'
    : 'It came over plain HTTP from another machine, where browsers never allow it.'
}
