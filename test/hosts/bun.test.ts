import { binaryOf } from './support/binaries.ts'
import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import { startApp } from './support/start-app.ts'
import { versionOf } from './support/version-of.ts'

const [app = ''] = guideBlocks('Bun')
const [ask = ''] = guideBlocks('A route of your own')

const MAIN = `import app from './app.ts'
import { ask } from './ask.ts'
import { plain } from './plain.ts'

const routes = { '/ask': { POST: ask }, '/plain': { POST: plain } }
Bun.serve({ ...app, routes, port: Number(process.env.PORT), hostname: '127.0.0.1' })
console.log('listening')
`

const command = () => [binaryOf('bun'), 'run', '--no-install', 'main.ts'] as const

describeHost({
  name: `Bun ${versionOf('bun')}`,
  start: (modelUrl) =>
    startApp({ name: 'bun', files: { 'app.ts': app, 'ask.ts': ask, 'main.ts': MAIN }, command }, modelUrl),
  routes: [
    { name: '`handler`', id: 'A18', path: '/api/chat', talking: 'at once', silent: 'at once', json: 'at once' },
    { name: '`toResponse` with a `signal`', id: 'A18', path: '/ask', talking: 'at once', silent: 'at once' },
    { name: '`toResponse`', id: 'A18', path: '/plain', talking: 'at once', silent: 'at once' },
  ],
})

const MAIN_OF_ELYSIA = `import { Elysia } from 'elysia'
import { handler } from './chat.ts'
import { ask } from './ask.ts'
import { plain } from './plain.ts'

new Elysia()
  .mount('/api', (request) => handler(request))
  .post('/ask', ({ request }) => ask(request), { parse: 'none' })
  .post('/plain', ({ request }) => plain(request), { parse: 'none' })
  .listen({ port: Number(process.env.PORT), hostname: '127.0.0.1' }, () => console.log('listening'))
`

describeHost({
  name: `Elysia ${versionOf('elysia')} on Bun`,
  start: (modelUrl) =>
    startApp({ name: 'elysia', files: { 'ask.ts': ask, 'main.ts': MAIN_OF_ELYSIA }, command }, modelUrl),
  routes: [
    { name: '`mount`', id: 'A17', path: '/api/chat', talking: 'at once', silent: 'at once', json: 'at once' },
    { name: '`toResponse` with a `signal`', id: 'A17', path: '/ask', talking: 'at once', silent: 'at once' },
    { name: '`toResponse`', id: 'A17', path: '/plain', talking: 'at once', silent: 'at once' },
  ],
})
