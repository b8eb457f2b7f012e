import type { ResolvedHandlerOptions } from '../resolve-handler-options.ts'
import type { Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import { openApiRoute } from '../open-api/open-api-route.ts'
import type { RouteName } from '../open-api/operations.ts'
import { postChat, postRun } from './chat.ts'
import { routesOf } from './dialect-routes.ts'
import { toRoutePath, type RoutePath } from './route-paths.ts'
import { getRunEvents, getRuns, postStop } from './runs.ts'
import { deleteFeedback, putFeedback } from './feedback.ts'
import { deleteThread, getThread, getThreads, patchThread } from './threads.ts'

/** Answers a request of one route. */
export type RouteAnswer = (call: Call) => Promise<ChatAnswer>

/** A route that a path leads to. */
export interface Route {
  /** The method, such as `POST`. */
  readonly method: string
  /** The id in the path, still encoded; empty for a route without one. */
  readonly id: string
  /** Answers a request of the route. */
  readonly answer: RouteAnswer
}

/** The routes of a handler. */
export interface Routes {
  /** Returns the routes of a path, one for each method. The base path is not part of it. */
  find(path: string): readonly Route[]
  /**
   * Returns the routes that match the end of a path, for a server that does not report the mount path. The longest
   * match wins: `/api/threads/chat` is the thread `chat`, not `POST /chat` below `/api/threads`.
   */
  findAtEnd(path: string): readonly Route[]
}

/** Creates the routes of a handler: the native ones, and those of each dialect that has its own. */
export function createRoutes(options: ResolvedHandlerOptions): Routes {
  // The type requires a function for each described route.
  const native: Readonly<Record<RouteName, RouteAnswer>> = {
    'POST /chat': postChat,
    'GET /runs': getRuns,
    'POST /runs': postRun,
    'GET /runs/{runId}/events': getRunEvents,
    'POST /runs/{runId}/stop': postStop,
    'PUT /runs/{runId}/feedback': putFeedback,
    'DELETE /runs/{runId}/feedback': deleteFeedback,
    'GET /threads': getThreads,
    'GET /threads/{threadId}': getThread,
    'PATCH /threads/{threadId}': patchThread,
    'DELETE /threads/{threadId}': deleteThread,
    'GET /openapi.json': openApiRoute(options),
  }
  const own = options.dialects.routed.flatMap(routesOf)
  const routes = [...Object.entries(native), ...own].map(([name, answer]) => ({ ...toRoutePath(name), answer }))
  const mostSegments = Math.max(...routes.map(({ path }) => path.split('/').length - 1))

  const match = (path: string): readonly Route[] => routes.flatMap((route) => toRoute(path, route))
  // Most requests have a path without an id.
  const known = new Map(routes.map(({ path }) => [path, match(path)]))

  function find(path: string): readonly Route[] {
    return known.get(path) ?? match(path)
  }

  return {
    find,
    findAtEnd(path) {
      const segments = path.split('/').slice(1)
      for (let count = Math.min(mostSegments, segments.length); count > 0; count -= 1) {
        const found = find(`/${segments.slice(-count).join('/')}`)
        // An empty segment is a mistake in the URL, not a part of a mount path.
        if (found.length > 0) return segments.includes('') ? [] : found
      }
      return []
    },
  }
}

function toRoute(
  path: string,
  { method, pattern, answer }: RoutePath & { readonly answer: RouteAnswer },
): readonly Route[] {
  const match = pattern.exec(path)
  return match ? [{ method, answer, id: match[1] ?? '' }] : []
}
