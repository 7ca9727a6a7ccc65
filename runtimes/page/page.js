// Runs the suite here, on the main thread, then once more in a worker. `reports` is for who drives this page.
import { runHere } from './run-here.js'

function runInWorker() {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(message))
  })
}

function show(where, { passed, failed, skipped }) {
  const item = document.querySelector('ul').appendChild(document.createElement('li'))
  item.textContent = `${where}: ${passed.length} passed, ${failed.length} failed, ${skipped.length} left out`
  for (const { title, reason } of failed) console.error(`${title}\n${reason}`)
}

async function runBoth() {
  const page = await runHere()
  show('page', page)
  const worker = await runInWorker()
  show('worker', worker)
  return { page, worker }
}

globalThis.reports = runBoth()
