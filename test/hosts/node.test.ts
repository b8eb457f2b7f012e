import { describeHost } from './support/describe-host.ts'
import { guideBlocks } from './support/guide-blocks.ts'
import type { HostRoute } from './support/host.ts'
import { startApp } from './support/start-app.ts'
import { versionOf } from './support/version-of.ts'

const AT_ONCE = { id: 'A17', path: '/api/chat', talking: 'at once', silent: 'at once', json: 'at once' } as const

const TO_RESPONSE = { name: '`toResponse`', id: 'A17', path: '/plain', talking: 'at once', silent: 'at once' } as const

interface NodeHost {
  readonly name: string
  readonly heading: string
  /** The statement by which its application listens on a port of 127.0.0.1. */
  readonly listen: string
  readonly routes: readonly HostRoute[]
}

const HOSTS: readonly NodeHost[] = [
  {
    name: `node:http of Node ${process.versions.node}`,
    heading: 'node:http',
    listen: `import { server } from './app.ts'; server.listen(port, host, ready)`,
    routes: [{ ...AT_ONCE, name: '`answerNodeRequest`' }],
  },
  {
    name: `Express ${versionOf('express')}`,
    heading: 'Express',
    listen: `import { app } from './app.ts'; app.listen(port, host, ready)`,
    routes: [{ ...AT_ONCE, name: '`expressChat`' }],
  },
  {
    name: `Fastify ${versionOf('fastify')}`,
    heading: 'Fastify',
    listen: `import { app } from './app.ts'
import { plain } from './plain.ts'

app.post('/plain', ({ body }) => plain(new Request('http://localhost', { method: 'POST', body: JSON.stringify(body) })))
app.listen({ port, host }).then(ready)`,
    routes: [{ ...AT_ONCE, name: '`fastifyChat`' }, TO_RESPONSE],
  },
  {
    name: `Hono ${versionOf('hono')}`,
    heading: 'Hono',
    listen: `import { serve } from '@hono/node-server'
import { app } from './app.ts'
import { plain } from './plain.ts'

app.post('/plain', ({ req }) => plain(req.raw))
serve({ fetch: app.fetch, port, hostname: host }, ready)`,
    routes: [{ ...AT_ONCE, name: '`honoChat`' }, TO_RESPONSE],
  },
]

for (const { name, heading, listen, routes } of HOSTS) {
  const [app = ''] = guideBlocks(heading)
  const main = `const port = Number(process.env.PORT), host = '127.0.0.1', ready = () => console.log('listening')\n${listen}\n`
  const folder = heading.replaceAll(/\W+/gu, '-')
  describeHost({
    name,
    start: (modelUrl) => startApp({ name: folder, files: { 'app.ts': app, 'main.ts': main } }, modelUrl),
    routes,
  })
}
