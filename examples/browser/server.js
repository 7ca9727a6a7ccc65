// Serves folders to browsers on this machine, with the two headers that a page needs to share memory between threads.
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
}

/** Without these two a page has no SharedArrayBuffer: together they make it cross-origin isolated. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** The file that a request means, or `undefined`: nothing outside the folders, nor where a symbolic link leads out. */
async function find(folders, url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
    const prefixes = Object.keys(folders).filter((prefix) => path.startsWith(prefix))
    const prefix = prefixes.sort((a, b) => b.length - a.length)[0]
    const folder = await realpath(folders[prefix])
    const file = await realpath(join(folder, path.slice(prefix.length) || 'index.html'))
    return file.startsWith(folder + sep) && (await stat(file)).isFile() ? file : undefined
  } catch {
    return undefined
  }
}

/**
 * Serves files to this machine only.
 *
 * @param {object} options
 * @param {Record<string, string>} options.folders a folder for each prefix of a path; both end in a slash
 * @param {number} [options.port] absent: any that is free
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serve({ folders, port = 0 }) {
  const server = createServer(async ({ method, url }, response) => {
    if (method !== 'GET' && method !== 'HEAD') return response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    const file = await find(folders, url)
    if (file === undefined) return response.writeHead(404, ISOLATION).end('not found\n')
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { ...ISOLATION, 'Content-Type': type, 'Cache-Control': 'no-store' })
    if (method === 'HEAD') return response.end()
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response)
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What the page of this example is made of. */
export const folders = {
  '/': fileURLToPath(new URL('public/', import.meta.url)),
  '/queue-sab/': fileURLToPath(new URL('.', import.meta.resolve('@spsc/queue-sab'))),
}

if (process.argv[1] && (await realpath(process.argv[1])) === fileURLToPath(import.meta.url)) {
  const port = Number(process.env.PORT ?? 8080)
  try {
    console.log(`open ${(await serve({ folders, port })).url}`)
  } catch (error) {
    console.error(`[spsc] [browser] port ${port} can't be used: ${error.message}; set PORT to another, or 0 for any`)
    process.exitCode = 1
  }
}
