import { loadBackend, loadCollector, SpscError } from '@spsc/core'
import test from 'ava'
import { fixture, LAMPORT } from './fixtures.js'

const WRONG = fixture('modules/wrong-shapes.js')
const TWO = fixture('modules/two-backends.js')
const COLLECTORS = fixture('modules/collectors.js')

test('a backend is the default export unless it is named', async (t) => {
  t.is((await loadBackend({ module: LAMPORT })).name, 'lamport')
})

test('other exports of its module are not taken for the default backend', async (t) => {
  t.is((await loadBackend({ module: TWO })).name, 'one')
})

test('a backend is found by name among the exports, the default one too', async (t) => {
  t.is((await loadBackend({ module: TWO, name: 'two' })).name, 'two')
  t.is((await loadBackend({ module: TWO, name: 'one' })).name, 'one')
  t.is((await loadBackend({ module: fixture('modules/no-default.js'), name: 'only' })).name, 'only')
})

test('a name that no export has is refused, with the name there is', async (t) => {
  const error = await t.throwsAsync(loadBackend({ module: TWO, name: 'three' }), {
    instanceOf: SpscError,
    code: 'ERR_PLUGIN',
  })
  t.is(error?.message, `[spsc] [plugin] ${TWO} exports no queue backend called three; it has one`)
})

test('a module without a backend is refused, with what a backend has', async (t) => {
  for (const module of [fixture('modules/no-default.js'), COLLECTORS]) {
    const error = await t.throwsAsync(loadBackend({ module }), { instanceOf: SpscError, code: 'ERR_PLUGIN' })
    t.is(
      error?.message,
      `[spsc] [plugin] ${module} exports no queue backend; allowed: a default export with name, module, supports, create, attach`,
    )
  }
})

for (const [name, complaint] of [
  [undefined, 'name is undefined; allowed: string'],
  ['no-module', 'module is undefined; allowed: string'],
  ['no-supports', 'supports is undefined; allowed: object'],
  ['null-supports', 'supports is null; allowed: object'],
  ['no-create', 'create is undefined; allowed: function'],
  ['text-create', 'create is string; allowed: function'],
  ['no-attach', 'attach is undefined; allowed: function'],
] as const) {
  test(`a backend is refused where ${complaint.split(';')[0]}`, async (t) => {
    const error = await t.throwsAsync(loadBackend({ module: WRONG, ...(name !== undefined && { name }) }), {
      code: 'ERR_PLUGIN',
    })
    t.is(error?.message, `[spsc] [plugin] ${WRONG} is not a queue backend: ${complaint}`)
  })
}

for (const [kind, load] of [
  ['backend', loadBackend],
  ['collector', loadCollector],
] as const) {
  test(`the ${kind} of a module that throws is refused, with what it threw`, async (t) => {
    const module = fixture('modules/throws.js')
    const error = await t.throwsAsync(load({ module }), { instanceOf: SpscError, code: 'ERR_PLUGIN' })
    t.is(error?.message, `[spsc] [plugin] ${module} can't be imported: no such library here`)
    t.is((error as SpscError).cause?.toString(), 'Error: no such library here')
  })

  test(`the ${kind} of a module that is missing is refused, with its name`, async (t) => {
    for (const module of [fixture('modules/missing.js'), 'spsc-queue-that-nobody-has-written']) {
      const error = await t.throwsAsync(load({ module }), { instanceOf: SpscError, code: 'ERR_PLUGIN' })
      t.true(error?.message.startsWith(`[spsc] [plugin] ${module} can't be imported: `), error?.message)
    }
  })
}

test('a collector factory is the default export unless it is named', async (t) => {
  const byDefault = await loadCollector({ module: COLLECTORS })
  t.is(byDefault({}).name, 'by default')
  const named = await loadCollector({ module: COLLECTORS, name: 'counter' })
  t.deepEqual(await named({ from: 3 }).stop(), { from: 3 })
})

test('an export that is no function, or none at all, is no collector', async (t) => {
  for (const name of ['notCallable', 'absent', '__proto__']) {
    await t.throwsAsync(loadCollector({ module: COLLECTORS, name }), {
      instanceOf: SpscError,
      code: 'ERR_PLUGIN',
      message: `[spsc] [plugin] ${COLLECTORS} exports no collector ${name}; allowed: a function that returns { name, start, stop }`,
    })
  }
  const module = fixture('modules/no-default.js')
  await t.throwsAsync(loadCollector({ module }), { code: 'ERR_PLUGIN', message: /exports no collector by default/ })
})
