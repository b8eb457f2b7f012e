import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { snippetsOf } from '../../scripts/snippets.ts'
import { freePort } from '../support/free-port.ts'
import { ask, eventsOf } from './support/ask.ts'
import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import type { HostServer } from './support/host.ts'
import { prepareApp } from './support/prepare-app.ts'
import { startProcess } from './support/start-process.ts'
import { versionOf } from './support/version-of.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const APP = join(import.meta.dirname, 'app')

const [route = ''] = guideBlocks('Next.js')
const [askOfWeb = ''] = guideBlocks('A route of your own')
const [firstOfHttp] = snippetsOf(join(ROOT, 'docs/guides/http.md'))
const chat = readFileSync(join(APP, 'chat.ts'), 'utf8')

// What stands above the folder belongs to the tests.
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
    // The blocks of the guide name files as Node does.
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

async function startNext(modelUrl: string): Promise<HostServer> {
  const cwd = prepareApp('next', FILES)
  const env = { MODEL_URL: modelUrl, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
  const next = [process.execPath, resolve(import.meta.dirname, 'node_modules/next/dist/bin/next')] as const
  await using build = startProcess({ command: [...next, 'build'], cwd, env })
  expect(await build.exited, build.output).toBe(0)
  const port = await freePort()
  const running = startProcess({ command: [...next, 'start', '-H', '127.0.0.1', '-p', `${port}`], cwd, env })
  await running.waitFor(/Ready in/u)
  return {
    port,
    get output() {
      return running.output
    },
    [Symbol.asyncDispose]: running[Symbol.asyncDispose],
  }
}

describeHost({
  name: `Next ${versionOf('next')}`,
  start: startNext,
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
