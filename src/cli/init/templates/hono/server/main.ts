// `npm start`: the API, and the page as `npm run build` made it.
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { createApp } from './app.ts'
import { openChat } from './chat.ts'

const chat = await openChat()
const app = createApp(chat.handler).use(serveStatic({ root: 'dist' }))
const port = Number(process.env.PORT || 3000)
const server = serve({ fetch: app.fetch, port }, () => console.log(`http://localhost:${port}`))

// A deployment lets the running answers end.
process.once('SIGTERM', () => {
  server.close()
  void chat.close().finally(() => process.exit())
})
