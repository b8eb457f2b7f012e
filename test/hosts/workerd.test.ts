import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import { startApp, type App } from './support/start-app.ts'
import { versionOf } from './support/version-of.ts'

const workerdPath: string = createRequire(import.meta.url)('workerd').default

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

// The model listens on this machine, which workers may not access by default.
const configOf = (flags: readonly string[]): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["local", "private"])),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`

function workerWith(...flags: readonly string[]): App {
  return {
    name: ['workerd', ...flags].join('-'),
    files: { 'app.ts': app, 'ask.ts': ask, 'main.ts': MAIN, 'config.capnp': configOf(flags) },
    prepare: (folder, env) =>
      build({
        entryPoints: [join(folder, 'main.ts')],
        outfile: join(folder, 'worker.js'),
        bundle: true,
        format: 'esm',
        // Makes the build fail if a built-in module of Node is needed.
        platform: 'browser',
        target: 'es2024',
        define: { 'process.env': JSON.stringify(env) },
        logLevel: 'silent',
      }),
    // It reports on the control descriptor that it listens.
    command: (port) =>
      [workerdPath, 'serve', '--control-fd=1', `--socket-addr=http=127.0.0.1:${port}`, 'config.capnp'] as const,
    ready: /"listen"/u,
  }
}

// It detects a closed connection when it writes to it, and a reset one at once.
const SILENT = { 'aborts its fetch': 'at the next write', 'resets its connection': 'at once' } as const

const ROUTE = { id: 'A18', talking: 'at the next write', silent: SILENT } as const

const NAME = `workerd ${versionOf('workerd')}`

describeHost({
  name: NAME,
  start: (modelUrl) => startApp(workerWith(), modelUrl),
  routes: [
    { ...ROUTE, name: '`handler`', path: '/api/chat', json: 'never' },
    { ...ROUTE, name: '`toResponse`', path: '/plain' },
  ],
})

// With this flag the signal of a request aborts, but only for a connection that is reset.
const JSON_WITH_SIGNAL = { 'aborts its fetch': 'never', 'resets its connection': 'at once' } as const

describeHost({
  name: `${NAME}, enable_request_signal`,
  start: (modelUrl) => startApp(workerWith('enable_request_signal'), modelUrl),
  routes: [
    { ...ROUTE, name: '`handler`', path: '/api/chat', json: JSON_WITH_SIGNAL },
    { ...ROUTE, name: '`toResponse` with a `signal`', path: '/ask' },
  ],
})
