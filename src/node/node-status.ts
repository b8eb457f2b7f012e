/** The parts of a response that its status is read from. */
export interface StatusOfResponse {
  /** The status. */
  statusCode: number
  /** Absent where HTTP has none. */
  statusMessage?: string
  /** The stream of `node:http2`. */
  readonly stream?: unknown
}

// Set by frameworks before the application is asked: by Koa on every response, and by NestJS on that of every POST.
const PRESETS: ReadonlySet<number> = new Set([404, 201])

/** The status of a stream: the one that was asked for, or that of the response where no framework has preset it. */
export function applyStatus(response: StatusOfResponse, asked: number | undefined): void {
  const { statusCode } = response
  const status = asked ?? (PRESETS.has(statusCode) ? 200 : statusCode)
  if (status === statusCode) return
  response.statusCode = status
  // Made of the old status. HTTP/2 has none, and warns of a look at it.
  if (!response.stream && response.statusMessage) response.statusMessage = ''
}
