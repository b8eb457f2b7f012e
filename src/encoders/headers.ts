// `no-transform` stops compression middleware from buffering the stream; `x-accel-buffering` does the same for nginx.
const UNBUFFERED = {
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const

/** Headers of an event stream that proxies must not buffer. */
export const SSE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'text/event-stream; charset=utf-8',
  ...UNBUFFERED,
})

/** Headers of a stream of JSON lines that proxies must not buffer. */
export const NDJSON_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'application/x-ndjson; charset=utf-8',
  ...UNBUFFERED,
})

/** Headers of a plain text stream that proxies must not buffer. */
export const TEXT_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'text/plain; charset=utf-8',
  // Without it, a browser could sniff HTML in text that a model wrote.
  'x-content-type-options': 'nosniff',
  ...UNBUFFERED,
})

/** Headers of a JSON body. It is per user and short-lived, and caches may keep even a 204, a 404 or a 410. */
export const JSON_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'application/json',
  'cache-control': 'no-store',
})
