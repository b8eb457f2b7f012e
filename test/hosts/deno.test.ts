import { binaryOf } from './support/binaries.ts'
import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import { startApp } from './support/start-app.ts'
import { versionOf } from './support/version-of.ts'

const [app = ''] = guideBlocks('Deno')
const [ask = ''] = guideBlocks('A route of your own')

const MAIN = `import app from './app.ts'
import { ask } from './ask.ts'
import { plain } from './plain.ts'

const routes = { '/ask': ask, '/plain': plain }

export default { fetch: (request) => (routes[new URL(request.url).pathname] ?? app.fetch)(request) }
`

const OFFLINE = ['--no-remote', '--node-modules-dir=manual', '--no-lock', '--no-check'] as const

describeHost({
  name: `Deno ${versionOf('deno')}`,
  start: (modelUrl) =>
    startApp(
      {
        name: 'deno',
        files: { 'app.ts': app, 'ask.ts': ask, 'main.ts': MAIN },
        command: (port) =>
          [binaryOf('deno'), 'serve', '-A', ...OFFLINE, '--host=127.0.0.1', `--port=${port}`, 'main.ts'] as const,
        ready: /Listening on/u,
      },
      modelUrl,
    ),
  routes: [
    { name: '`handler`', id: 'A18', path: '/api/chat', talking: 'at once', silent: 'at once', json: 'at once' },
    { name: '`toResponse` with a `signal`', id: 'A18', path: '/ask', talking: 'at once', silent: 'at once' },
    { name: '`toResponse`', id: 'A18', path: '/plain', talking: 'at once', silent: 'at once' },
  ],
})
