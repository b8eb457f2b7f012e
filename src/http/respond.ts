/** Status and headers of a response that is no stream. */
export interface Respond {
  /** @defaultValue 200 */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

// It belongs to one user, and it is old in a moment. Without this a cache may keep even a 204, a 404 and a 410.
const PRIVATE = { 'cache-control': 'no-store' } as const

/** Answers with JSON. */
export function json(body: object, { status = 200, headers }: Respond = {}): Response {
  return Response.json(body, { status, headers: { ...PRIVATE, ...headers } })
}

/** Answers with a status alone. */
export function empty(status: number): Response {
  return new Response(null, { status, headers: PRIVATE })
}
