/** The used part of a response: its status. */
export interface StatusOfResponse {
  /** The status. */
  statusCode: number
  /** The status message; HTTP/2 has none. */
  statusMessage?: string
  /** The stream of `node:http2`. */
  readonly stream?: unknown
}

// Statuses that frameworks set before the application runs: Koa 404 on every response, NestJS 201 on every POST.
const PRESETS: ReadonlySet<number> = new Set([404, 201])

/**
 * Sets the status of a stream to `asked`. Without it, the status of the response stays, but one that a framework may
 * have preset becomes 200.
 */
export function applyStatus(response: StatusOfResponse, asked: number | undefined): void {
  const { statusCode } = response
  const status = asked ?? (PRESETS.has(statusCode) ? 200 : statusCode)
  if (status === statusCode) return
  response.statusCode = status
  // The message belongs to the old status. HTTP/2 has no message, and warns if it is read.
  if (!response.stream && response.statusMessage) response.statusMessage = ''
}
