import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { folders, serve } from 'spsc-example-browser'

let server
before(async () => {
  server = await serve({ folders })
})
after(() => server.close())

/** By node:http, which sends a path as it is; fetch would tidy it up. */
function get(path, method = 'GET') {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method, timeout: 10_000 }
    request(options, (response) => resolve(response.resume()))
      .on('error', reject)
      .end()
  })
}

test('every file comes with the headers of a cross-origin isolated page and with its type', async () => {
  const types = { '/': 'text/html', '/page.js': 'text/javascript', '/queue-sab/index.js': 'text/javascript' }
  for (const [path, type] of Object.entries(types)) {
    const { statusCode, headers } = await get(path)
    assert.equal(statusCode, 200, path)
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
    assert.equal(headers['cross-origin-embedder-policy'], 'require-corp')
    assert.match(headers['content-type'], new RegExp(`^${type}`))
  }
})

test('nothing outside the folders is served', async () => {
  const paths = ['/../server.js', '/..%2fserver.js', '/%2e%2e%2fserver.js', '/queue-sab/..%2f..%2fpackage.json']
  for (const path of [...paths, '/none.js', '/queue-sab/', '/%zz', '/%00', '//']) {
    assert.equal((await get(path)).statusCode, 404, path)
  }
})

test('the server is there for this machine only, and only to be read from', async () => {
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/$/)
  assert.equal((await get('/', 'POST')).statusCode, 405)
})
