import { untilAborted } from '../../core/async/abortable.ts'
import { expectMethods } from '../../core/options/validate.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { isIoredis, type RedisClient } from './client.ts'
import type { RedisScript } from './script.ts'

/** The keys and arguments of a script. */
export interface ScriptInput {
  /** All keys that the script uses, so that a cluster finds the node that has them. */
  readonly keys: readonly string[]
  /** Numbers must be finite. */
  readonly args: readonly (string | number)[]
}

/**
 * Runs a script and resolves with the list that it returns. An abort ends the wait but not the command: removing a sent
 * command from a connection could assign its reply to the next one.
 */
export type RunScript = (
  script: RedisScript,
  input: ScriptInput,
  options: { readonly signal: AbortSignal },
) => Promise<readonly unknown[]>

/**
 * Creates the function that runs scripts on a client.
 *
 * @throws TypeError when the client is neither of `redis` nor of `ioredis`
 */
export function createScriptRunner(client: RedisClient): RunScript {
  const send = toSendCommand(client)

  async function evaluate(script: RedisScript, args: string[]): Promise<unknown> {
    const sha = await script.sha()
    try {
      return await send('EVALSHA', [sha, ...args])
    } catch (thrown) {
      // The script cache is empty after a restart, and each node of a cluster has its own.
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

/** Sends one command to the server. */
export type SendCommand = (name: string, args: string[]) => Promise<unknown>

/** Returns one function for both kinds of client. */
export function toSendCommand(client: RedisClient): SendCommand {
  expectMethods('client', client, 'a client of the packages redis or ioredis', [])
  // Checked first, because `sendCommand` of ioredis takes different arguments.
  if (isIoredis(client)) return (name, args) => client.call(name, args)
  if (typeof client.sendCommand === 'function') return (name, args) => client.sendCommand([name, ...args])
  throw invalidInput('client', 'Cannot use client: it has neither sendCommand() (redis) nor call() (ioredis)')
}

/**
 * Throws a copy of the driver's error without the command. ioredis adds the command with its arguments, which may be a
 * password or questions of users: they must not reach a log.
 */
function failSafely(thrown: unknown): never {
  if (!(thrown instanceof Error && 'command' in thrown)) throw thrown
  const { name, message, stack } = thrown
  throw Object.assign(new Error(message), { name, stack })
}

// The id is echoed, because a connection that assigns replies to the wrong calls would show one user another user's data.
function readReply(reply: unknown, id: string): readonly unknown[] {
  const [echo, list]: readonly unknown[] = Array.isArray(reply) ? reply : []
  if (String(echo) !== id || !Array.isArray(list)) {
    throw new ChatError('Redis sent a reply that belongs to another call', { code: 'store-unavailable' })
  }
  return list
}
