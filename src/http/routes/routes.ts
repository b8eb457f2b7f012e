import { postChat, postRun } from './chat.ts'
import type { Call } from '../call.ts'
import { getOpenApi } from '../open-api/open-api.ts'
import type { RouteName } from '../open-api/operations.ts'
import { getRunEvents, getRuns, postStop } from './runs.ts'
import { deleteThread, getThread, getThreads } from './threads.ts'

type Answer = (call: Call) => Promise<Response>

/** A route that a path leads to. */
export interface Route {
  readonly method: string
  /** What stands in the path for the id, as it is encoded; empty for a route without one. */
  readonly id: string
  readonly answer: Answer
}

// What is described is answered, and the other way round: the type says so.
const ANSWERS: Readonly<Record<RouteName, Answer>> = {
  'POST /chat': postChat,
  'GET /runs': getRuns,
  'POST /runs': postRun,
  'GET /runs/{runId}/events': getRunEvents,
  'POST /runs/{runId}/stop': postStop,
  'GET /threads': getThreads,
  'GET /threads/{threadId}': getThread,
  'DELETE /threads/{threadId}': deleteThread,
  'GET /openapi.json': getOpenApi,
}

const ROUTES = Object.entries(ANSWERS).map(([name, answer]) => {
  const [method = '', path = ''] = name.split(' ')
  const pattern = path.replaceAll('.', String.raw`\.`).replace(/\{\w+\}/u, '([^/]+)')
  return { method, answer, pattern: new RegExp(`^${pattern}$`, 'u') }
})

const MOST_SEGMENTS = 3

/**
 * The routes that the end of a path leads to, where nothing says what the handler is mounted below. The longest end wins:
 * `/api/threads/chat` is a thread, and not a question below `/api/threads`.
 */
export function findRoutesAtEnd(path: string): readonly Route[] {
  const segments = path.split('/').slice(1)
  for (let count = Math.min(MOST_SEGMENTS, segments.length); count > 0; count -= 1) {
    const routes = findRoutes(`/${segments.slice(-count).join('/')}`)
    // A path with an empty segment is a mistake, and no mount.
    if (routes.length > 0) return segments.includes('') ? [] : routes
  }
  return []
}

/** The routes that a path leads to, one for each method; the base path is not part of it. */
export function findRoutes(path: string): readonly Route[] {
  return ROUTES.flatMap(({ method, answer, pattern }) => {
    const match = pattern.exec(path)
    return match ? { method, answer, id: match[1] ?? '' } : []
  })
}
