import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { build } from 'esbuild'
import { withinTimeLimit } from '../../src/testing/within-time-limit.ts'

/** A running worker. */
export interface Worker extends AsyncDisposable {
  readonly port: number
}

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
);
`

/** Bundles the `worker` that a module exports, without Node modules, and runs it in workerd on a free port. */
export async function startWorker(module: string): Promise<Worker> {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-workerd-'))
  await build({
    stdin: { contents: `export { worker as default } from '${module}'`, resolveDir: process.cwd() },
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    // Makes the build fail if a built-in module of Node is needed.
    platform: 'browser',
    target: 'es2024',
    logLevel: 'silent',
  })
  writeFileSync(join(folder, 'config.capnp'), CONFIG)
  const workerd: string = createRequire(import.meta.url)('workerd').default
  // It reports its address on the fourth descriptor.
  const child = spawn(workerd, ['serve', '--control-fd=3', join(folder, 'config.capnp')], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  const closed = once(child, 'close')

  async function stop(): Promise<void> {
    child.kill()
    await closed
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    const control = child.stdio[3]
    if (!(control instanceof Readable)) throw new Error('workerd has no control descriptor')
    const lines = createInterface({ input: control })
    const [line] = await withinTimeLimit(once(lines, 'line'), 10_000, () => 'workerd does not start')
    return { port: JSON.parse(String(line)).port, [Symbol.asyncDispose]: stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}
