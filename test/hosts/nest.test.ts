import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import type { HostServer } from './support/host.ts'
import { startApp, type App } from './support/start-app.ts'
import { versionOf } from './support/version-of.ts'

const [app = '', controller = ''] = guideBlocks('NestJS')

const MAIN = `import { app } from './app.ts'

await app.listen(Number(process.env.PORT), '127.0.0.1')
console.log('listening')
`

const NEST: App = {
  name: 'nest',
  files: { 'app.ts': app, 'ask.controller.ts': controller, 'main.ts': MAIN },
  command: () => [process.execPath, 'main.js'],
  // Node strips types, but it knows no decorators.
  prepare: (folder) =>
    build({
      entryPoints: [join(folder, 'main.ts')],
      outfile: join(folder, 'main.js'),
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
      logLevel: 'silent',
    }),
}

describeHost({
  name: `NestJS ${versionOf('@nestjs/core')}`,
  start: (modelUrl): Promise<HostServer> => startApp(NEST, modelUrl),
  routes: [
    { name: '`expressChat`', id: 'D3', path: '/api/chat', talking: 'at once', silent: 'at once', json: 'at once' },
    { name: '`sendToNode`', id: 'D3', path: '/ask', talking: 'at once', silent: 'at once' },
  ],
  more: (host) =>
    it.concurrent.each([
      ['no question', { text: 'Why?' }],
      ['an empty question', { question: '' }],
      ['a question that is no text', { question: 1 }],
      ['a field that nobody knows', { question: 'Why?', topk: 3 }],
    ])('D3: a controller that calls parseChatRequest answers %s with status 400', async (_name, body) => {
      const headers = { 'content-type': 'application/json' }
      const url = `http://127.0.0.1:${host().port}/ask`
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      expect(await response.json()).toMatchObject({ statusCode: 400, message: expect.stringContaining('Cannot') })
      expect(response.status).toBe(400)
    }),
})
