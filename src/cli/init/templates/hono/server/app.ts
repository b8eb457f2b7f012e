import { Hono } from 'hono'
import { honoChat } from 'ragwire/hono'
import type { ChatHandler } from 'ragwire/server'

/** The routes of the API. Add yours here. */
export function createApp(handler: ChatHandler): Hono {
  return new Hono().all('/api/*', honoChat(handler))
}
