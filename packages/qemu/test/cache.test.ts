import { homedir } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '@spsc/qemu'
import test from 'ava'

test('images and kernels are kept where XDG_CACHE_HOME says', (t) => {
  t.is(cacheFolder({ XDG_CACHE_HOME: '/var/cache/me' }), '/var/cache/me/spsc')
})

for (const [what, env] of [
  ['that is not set', {}],
  ['that is empty', { XDG_CACHE_HOME: '' }],
  ['that is relative, which its specification has ignored', { XDG_CACHE_HOME: 'cache' }],
] as const) {
  test(`an XDG_CACHE_HOME ${what}, leaves them below the user’s home`, (t) => {
    t.is(cacheFolder(env), join(homedir(), '.cache/spsc'))
  })
}
