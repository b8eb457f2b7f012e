import type { ChatHandler } from 'ragwire/server'

const COOKIE = /(?:^|; )guest=([\da-f-]{36})(?:;|$)/

/**
 * A stand-in for a login: each browser is a user of its own, by a random id in a cookie. Once you have a login, return the
 * id of its user as `scope` instead, and a 401 without one. Nobody sees the conversations of another scope.
 */
export function withGuest(handler: ChatHandler): ChatHandler {
  return async (request, context) => {
    const known = COOKIE.exec(request.headers.get('cookie') ?? '')?.[1]
    const guest = known ?? crypto.randomUUID()
    const response = await handler(request, { ...context, scope: guest })
    if (!known) {
      const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : ''
      response.headers.append('set-cookie', `guest=${guest}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax${secure}`)
    }
    return response
  }
}
