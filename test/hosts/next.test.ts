import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { snippetsOf } from '../../scripts/snippets.ts'
import { ask, eventsOf } from './support/ask.ts'
import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import { QUIET, startApp, type App } from './support/start-app.ts'
import { startProcess } from './support/start-process.ts'
import { versionOf } from './support/version-of.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const APP = join(import.meta.dirname, 'app')

const [route = ''] = guideBlocks('Next.js')
const [askOfWeb = ''] = guideBlocks('A route of your own')
const [firstOfHttp] = snippetsOf(join(ROOT, 'docs/guides/http.md'))
const chat = readFileSync(join(APP, 'chat.ts'), 'utf8')

// Files above this folder belong to the tests.
const CONFIG = `export default { turbopack: { root: ${JSON.stringify(ROOT)} }, outputFileTracingRoot: ${JSON.stringify(ROOT)} }\n`

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2024', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    jsx: 'react-jsx',
    isolatedModules: true,
    // The blocks of the guide import files with extensions, as Node requires.
    allowImportingTsExtensions: true,
  },
  include: ['app'],
}

const FILES = {
  'next.config.js': CONFIG,
  'tsconfig.json': JSON.stringify(TSCONFIG),
  'app/api/chat/route.ts': firstOfHttp?.code ?? '',
  'app/all/[...path]/route.ts': route,
  'app/all/[...path]/chat.ts': chat,
  'app/ask/route.ts': `export { ask as POST } from './ask.ts'\n`,
  'app/ask/ask.ts': askOfWeb,
  'app/ask/chat.ts': chat,
  'app/plain/route.ts': `export { plain as POST } from './plain.ts'\n`,
  'app/plain/plain.ts': readFileSync(join(APP, 'plain.ts'), 'utf8'),
  'app/plain/chat.ts': chat,
}

const NEXT = resolve(import.meta.dirname, 'node_modules/next/dist/bin/next')

const APPLICATION: App = {
  name: 'next',
  files: FILES,
  async prepare(cwd, env) {
    await using build = startProcess({ command: [process.execPath, NEXT, 'build'], cwd, env: { ...env, ...QUIET } })
    expect(await build.exited, build.output).toBe(0)
  },
  command: (port) => [process.execPath, NEXT, 'start', '-H', '127.0.0.1', '-p', `${port}`],
  ready: /Ready in/u,
}

describeHost({
  name: `Next ${versionOf('next')}`,
  start: (modelUrl) => startApp(APPLICATION, modelUrl),
  routes: [
    { name: '`handler`', id: 'D4', path: '/all/chat', talking: 'at once', silent: 'at once', json: 'at once' },
    { name: '`toResponse` with a `signal`', id: 'A17', path: '/ask', talking: 'at once', silent: 'at once' },
    { name: '`toResponse`', id: 'A17', path: '/plain', talking: 'at once', silent: 'at once' },
  ],
  more: (app) =>
    it('D4: answers with the first block of docs/guides/http.md as its route file', async () => {
      const response = await ask({ port: app().port, path: '/api/chat', text: 'How long can I return an item?' })
      expect(response.status).toBe(200)
      expect((await eventsOf(response)).at(-1)).toMatchObject({ type: 'done', finishReason: 'stop' })
    }),
})
