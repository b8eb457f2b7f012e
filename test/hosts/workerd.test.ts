import { join } from 'node:path'
import { build } from 'esbuild'
import workerdPath from 'workerd'
import { freePort } from '../support/free-port.ts'
import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import type { HostServer } from './support/host.ts'
import { prepareApp } from './support/prepare-app.ts'
import { startProcess } from './support/start-process.ts'
import { versionOf } from './support/version-of.ts'

const [app = ''] = guideBlocks('Cloudflare Workers')
const [ask = ''] = guideBlocks('A route of your own')

const MAIN = `import app from './app.ts'
import { ask } from './ask.ts'
import { plain } from './plain.ts'

const routes = { '/ask': ask, '/plain': plain }

export default {
  fetch(request, env, context) {
    const route = routes[new URL(request.url).pathname]
    return route ? route(request) : app.fetch(request, env, context)
  },
}
`

// The model listens on this machine, where workers may not go by default.
const configOf = (port: number, flags: readonly string[]): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["local", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`

async function startWorker(modelUrl: string, flags: readonly string[]): Promise<HostServer> {
  const port = await freePort()
  const files = { 'app.ts': app, 'ask.ts': ask, 'main.ts': MAIN, 'config.capnp': configOf(port, flags) }
  const cwd = prepareApp(['workerd', ...flags].join('-'), files)
  await build({
    entryPoints: [join(cwd, 'main.ts')],
    outfile: join(cwd, 'worker.js'),
    bundle: true,
    format: 'esm',
    // So that it fails for whatever needs a built-in module of Node.
    platform: 'browser',
    target: 'es2024',
    define: { 'process.env': JSON.stringify({ MODEL_URL: modelUrl, BASE_PATH: process.env['BASE_PATH'] ?? '' }) },
    logLevel: 'silent',
  })
  const command = [workerdPath, 'serve', '--verbose', 'config.capnp'] as const
  const running = startProcess({ command, cwd })
  const { exited } = running
  await Promise.race([listens(port), exited.then(() => Promise.reject(new Error(running.output)))])
  return {
    port,
    get output() {
      return running.output
    },
    [Symbol.asyncDispose]: running[Symbol.asyncDispose],
  }
}

async function listens(port: number): Promise<void> {
  for (;;) {
    try {
      return void (await fetch(`http://127.0.0.1:${port}/api/openapi.json`))
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

const NEXT_WRITE = { id: 'A18', talking: 'at the next write', silent: 'at the next write' } as const

const NAME = `workerd ${versionOf('workerd')}`

describeHost({
  name: NAME,
  start: (modelUrl) => startWorker(modelUrl, []),
  routes: [
    { ...NEXT_WRITE, name: '`handler`', path: '/api/chat', json: 'never' },
    { ...NEXT_WRITE, name: '`toResponse`', path: '/plain' },
  ],
})

// The signal of a request fires with this flag, but only for a connection that is reset.
const WITH_SIGNAL = { 'aborts its fetch': 'never', 'resets its connection': 'at once' } as const

describeHost({
  name: `${NAME} with enable_request_signal`,
  start: (modelUrl) => startWorker(modelUrl, ['enable_request_signal']),
  routes: [
    { ...NEXT_WRITE, name: '`handler`', path: '/api/chat', json: WITH_SIGNAL },
    { ...NEXT_WRITE, name: '`toResponse` with a `signal`', path: '/ask' },
  ],
})
