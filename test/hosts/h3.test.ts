import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import { startApp } from './support/start-app.ts'
import { testRefusals } from './support/test-refusals.ts'
import { versionOf } from './support/version-of.ts'

const [onNode = '', withSignal = '', ask = ''] = guideBlocks('h3 1, Nitro and Nuxt')

// The equivalent of Nitro and Nuxt with files in `server/routes`. The last route is written as by a developer who has
// not read the guide.
const MAIN = `import { createServer } from 'node:http'
import { createApp, createRouter, defineEventHandler, toNodeListener, toWebRequest } from 'h3'
import onNode from './on-node.ts'
import withSignal from './with-signal.ts'
import ask from './ask.ts'
import { handler } from './chat.ts'

const naive = defineEventHandler((event) => handler(toWebRequest(event)))
const router = createRouter()
router.use('/api/**', onNode)
router.use('/signal/api/**', withSignal)
router.post('/ask', ask)
router.use('/naive/**', naive)
const app = createApp()
app.use(router)
createServer(toNodeListener(app)).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'))
`

const FILES = { 'on-node.ts': onNode, 'with-signal.ts': withSignal, 'ask.ts': ask, 'main.ts': MAIN }

const AT_ONCE = { talking: 'at once', silent: 'at once' } as const
const NEVER = { talking: 'never', silent: 'never', json: 'never' } as const

describeHost({
  name: `h3 ${versionOf('h3')}`,
  start: (modelUrl) => startApp({ name: 'h3', files: FILES }, modelUrl),
  routes: [
    { ...AT_ONCE, name: '`answerNodeRequest`', id: 'A17', path: '/api/chat', json: 'at once' },
    { ...AT_ONCE, name: '`handler` with a `signal`', id: 'A17', path: '/signal/api/chat', json: 'at once' },
    { ...AT_ONCE, name: '`sendToNode`', id: 'A17', path: '/ask' },
    { ...NEVER, name: '`handler` without a `signal`', id: 'A17', path: '/naive/chat' },
  ],
  more: testRefusals,
})

const MAIN_OF_2 = `import { H3, serve } from 'h3-2'
import { ask } from './ask.ts'
import { handler } from './chat.ts'
import { plain } from './plain.ts'

const app = new H3()
app.all('/api/**', ({ req }) => handler(req))
app.post('/ask', ({ req }) => ask(req))
app.post('/plain', ({ req }) => plain(req))
serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
console.log('listening')
`

const [askOfWeb = ''] = guideBlocks('A route of your own')

describeHost({
  name: `h3 ${versionOf('h3-2')}`,
  start: (modelUrl) => startApp({ name: 'h3-2', files: { 'ask.ts': askOfWeb, 'main.ts': MAIN_OF_2 } }, modelUrl),
  routes: [
    { ...AT_ONCE, name: '`handler`', id: 'A17', path: '/api/chat', json: 'at once' },
    { ...AT_ONCE, name: '`toResponse` with a `signal`', id: 'A17', path: '/ask' },
    { ...AT_ONCE, name: '`toResponse`', id: 'A17', path: '/plain' },
  ],
})
