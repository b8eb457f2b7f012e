import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import { startApp } from './support/start-app.ts'
import { testRefusals } from './support/test-refusals.ts'
import { versionOf } from './support/version-of.ts'

const [app = '', ask = ''] = guideBlocks('Koa')

const MAIN = `import { Readable } from 'node:stream'
import { app } from './app.ts'
import { ask } from './ask.ts'
import { handler } from './chat.ts'

app.use(async (context, next) => {
  if (context.path === '/ask') return ask(context)
  if (!context.path.startsWith('/naive/')) return next()
  // The code of a developer who has not read the guide.
  const { method, headers } = context.req
  const request = new Request(context.href, { method, headers, body: Readable.toWeb(context.req), duplex: 'half' })
  context.body = await handler(request)
})
app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'))
`

describeHost({
  name: `Koa ${versionOf('koa')}`,
  start: (modelUrl) => startApp({ name: 'koa', files: { 'app.ts': app, 'ask.ts': ask, 'main.ts': MAIN } }, modelUrl),
  routes: [
    {
      name: '`answerNodeRequest`',
      id: 'A19',
      path: '/api/chat',
      talking: 'at once',
      silent: 'at once',
      json: 'at once',
    },
    { name: '`sendToNode`', id: 'A19', path: '/ask', talking: 'at once', silent: 'at once' },
    {
      name: '`context.body = await handler(request)`',
      id: 'A17',
      path: '/naive/chat',
      talking: 'at once',
      silent: 'at the next write',
      json: 'never',
    },
  ],
  more: testRefusals,
})
