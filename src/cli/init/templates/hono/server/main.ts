// `npm start`: the API and the built page.
import { serve } from '@hono/node-server'
import { createApp } from './app.ts'
import { openChat } from './chat.ts'

const chat = await openChat()
const port = Number(process.env.PORT || 3000)
const server = serve({ fetch: createApp(chat.handler).fetch, port }, () => console.log(`http://localhost:${port}`))

// A deployment lets the running answers end.
process.once('SIGTERM', () => {
  server.close()
  void chat.close().finally(() => process.exit())
})
