import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { honoChat } from 'ragwire/hono'
import type { ChatHandler } from 'ragwire/server'

export function createApp(handler: ChatHandler): Hono {
  const app = new Hono()
  app.all('/api/*', honoChat(handler))
  // The page, as `npm run build` made it.
  app.use(serveStatic({ root: 'dist' }))
  return app
}
