import { join } from 'node:path'
import { build } from 'esbuild'
import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import type { HostServer } from './support/host.ts'
import { startApp, type App } from './support/start-app.ts'
import { testRefusals } from './support/test-refusals.ts'
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
  // Node strips types, but does not support decorators.
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
  more: testRefusals,
})
