import { ChatError } from '../../core/vocabulary/chat-error.ts'

/** A Lua script, which the server runs atomically. */
export interface RedisScript {
  /** Source text, for `EVAL`. */
  readonly text: string
  /** Returns the SHA-1 of the text, for `EVALSHA`. */
  readonly sha: () => Promise<string>
}

/**
 * Creates a script from Lua statements that return a list. They read keys from `KEYS`, arguments from `ARGV[2]` on, and
 * the server's time from `now` (milliseconds) and `micros` (microseconds).
 */
export function defineScript(...statements: readonly string[]): RedisScript {
  const text = [PRELUDE, 'local function run()', ...statements, 'end', 'return {ARGV[1], run()}'].join('\n')
  let sha: Promise<string> | undefined
  return { text, sha: () => (sha ??= sha1(text)) }
}

/** Converts a count or duration to a whole, finite number, as Redis needs it; `Infinity` becomes 100 years. */
export function toRedisNumber(limit: number): number {
  return Math.ceil(Math.min(limit, 100 * 365 * 86_400_000))
}

/** Creates the error for a record that a later release has written. */
export function newerVersion(what: string): ChatError {
  const message = `Cannot use ${what} that a server of a newer version has written`
  return new ChatError(message, { code: 'store-unavailable', retryable: false })
}

const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local micros = time[1] * 1000000 + time[2]
`

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
