// The program that holds all queues: compiled once, run as often as wanted.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const include = join(here, '../../packages/queue-native/include')
const compiler = process.env.CXX ?? 'g++'

export const fail = (message, exitCode) => {
  console.error(`[spsc] [bench] ${message}`)
  process.exit(exitCode)
}

/** Flags that DPDK's headers need, or none where it isn't installed. */
function dpdkFlags() {
  const config = (flag) => spawnSync('pkg-config', [flag, 'libdpdk'], { encoding: 'utf8' })
  const { status, stdout } = config('--cflags')
  return status === 0 ? { compile: stdout.trim().split(/\s+/), link: ['-lrte_ring'] } : { compile: [], link: [] }
}

function compile(program) {
  const dpdk = dpdkFlags()
  // Aligned, as these loops of ten instructions are a fifth faster or slower by where the compiler happens to put them.
  const aligned = ['-falign-functions=64', '-falign-loops=64']
  const flags = ['-std=c++20', '-O3', ...aligned, '-w', '-pthread', `-I${include}`, ...dpdk.compile]
  const args = [...flags, join(here, 'bench.cpp'), '-o', program, ...dpdk.link]
  const { status, stderr, error } = spawnSync(compiler, args, { encoding: 'utf8' })
  if (error) return fail(`no ${compiler} here; install g++ 12 or newer, or name a C++20 compiler in CXX`, 5)
  if (status !== 0) fail(`bench.cpp does not compile:\n${stderr}`, 1)
}

/** Runs the program to its end; every line becomes a sample or a remark. */
export async function measure(program, { rounds, seed, only }) {
  const samples = []
  const remarks = []
  const child = spawn(program, [String(rounds), String(seed), only], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.on('close', (status, signal) => resolve(status ?? signal)))
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('#')) {
      remarks.push(line.slice(2))
      continue
    }
    const [round, workload, capacity, queue, value, pingPongNs] = line.split('\t')
    samples.push({
      round: Number(round),
      workload,
      capacity: Number(capacity),
      queue,
      value: Number(value),
      pingPongNs: Number(pingPongNs),
    })
  }
  const status = await ended
  if (status !== 0) fail(`the program ended with ${status}`, 1)
  return { samples, remarks }
}

/** Compiles the program for `use`, and leaves nothing behind. */
export async function withProgram(use) {
  if (process.platform !== 'linux') fail(`this runs on Linux only, not on ${process.platform}`, 5)
  const folder = mkdtempSync(join(tmpdir(), 'spsc-bench-'))
  try {
    const program = join(folder, 'bench')
    compile(program)
    await use(program)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
