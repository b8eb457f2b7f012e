import { untilAborted } from '../../core/async/abortable.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { toSendCommand, type RedisClient } from './redis-client.ts'

/** A script that the server runs in one step. */
export interface RedisScript {
  readonly text: string
  /** The name under which a server knows it. */
  readonly sha: () => Promise<string>
}

/** What a script works on: nothing but these keys, so that a cluster knows where to run it. */
export interface ScriptInput {
  readonly keys: readonly string[]
  /** Numbers must be finite. */
  readonly args: readonly (string | number)[]
}

/**
 * Runs a script, and resolves with the list that it returns. An abort ends the wait and not the command: to take a
 * command back from a connection is to risk that its reply is taken for the next one's.
 */
export type RunScript = (
  script: RedisScript,
  input: ScriptInput,
  options: { readonly signal: AbortSignal },
) => Promise<readonly unknown[]>

/**
 * Makes a script of Lua statements that return a list. They find the keys in `KEYS`, what they were given from
 * `ARGV[2]` on, and the time of the server in milliseconds and microseconds in `now` and `micros`.
 */
export function defineScript(...statements: readonly string[]): RedisScript {
  const text = [PRELUDE, 'local function run()', ...statements, 'end', 'return {ARGV[1], run()}'].join('\n')
  let sha: Promise<string> | undefined
  return { text, sha: () => (sha ??= sha1(text)) }
}

/** Makes the function that runs scripts on a client. */
export function createScriptRunner(client: RedisClient): RunScript {
  const send = toSendCommand(client)

  async function evaluate(script: RedisScript, args: string[]): Promise<unknown> {
    const sha = await script.sha()
    try {
      return await send('EVALSHA', [sha, ...args])
    } catch (thrown) {
      // A server forgets its scripts when it restarts, and a node of a cluster has its own.
      if (thrown instanceof Error && thrown.message.startsWith('NOSCRIPT')) {
        return send('EVAL', [script.text, ...args])
      }
      throw thrown
    }
  }

  return async (script, { keys, args }, { signal }) => {
    signal.throwIfAborted()
    const id = crypto.randomUUID()
    const input = [String(keys.length), ...keys, id, ...args.map(String)]
    return readReply(await untilAborted(evaluate(script, input).catch(failSafely), signal), id)
  }
}

/**
 * Fails as a driver did. ioredis hangs the command on its errors, whose arguments are the password when the server
 * refused it, and else what readers said: that is nothing for a log.
 */
function failSafely(thrown: unknown): never {
  if (!(thrown instanceof Error && 'command' in thrown)) throw thrown
  const { name, message, stack } = thrown
  throw Object.assign(new Error(message), { name, stack })
}

/** A count or duration as Redis reads it: it must be whole and have an end, which no use of it comes near. */
export function toRedisNumber(limit: number): number {
  return Math.ceil(Math.min(limit, 100 * 365 * 86_400_000))
}

/** What a call fails with that meets something of a version that only a later server knows. */
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

// A connection that lost count of its replies would show one reader what another one asked for.
function readReply(reply: unknown, id: string): readonly unknown[] {
  const [echo, list]: readonly unknown[] = Array.isArray(reply) ? reply : []
  if (String(echo) !== id || !Array.isArray(list)) {
    throw new ChatError('Redis sent a reply that belongs to another call', { code: 'store-unavailable' })
  }
  return list
}
