import { withTimeout } from '../../core/async/with-timeout.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import { ChatError, toChatError } from '../../core/vocabulary/chat-error.ts'
import { SOURCE_STATES, type SourceState } from '../../core/vocabulary/source-state.ts'
import type { LoadedTurn, StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { Call } from '../call.ts'

/**
 * Adds the state of each source to the turns, if the server compares sources. The thread is shown without states if that
 * fails.
 */
export async function withSourceStates(
  turns: readonly StoredTurn[],
  { scope, call }: { readonly scope: string; readonly call: Call },
): Promise<readonly LoadedTurn[]> {
  const { checkSources, storeMs, clock, onError } = call.options
  const sources = turns.flatMap(({ result }) => result?.sources ?? [])
  if (!checkSources || sources.length === 0) return turns
  try {
    const check = async (signal: AbortSignal) => checkSources(sources, { scope, signal })
    const onTimeout = (): Error =>
      new ChatError(`checkSources did not answer within ${storeMs} ms (storeMs)`, { code: 'store-unavailable' })
    const states = await withTimeout(check, { ms: storeMs, clock, signal: call.signal, onTimeout })
    return distribute(turns, expectStates(states, sources.length))
  } catch (thrown) {
    call.signal.throwIfAborted()
    callHook(onError, toChatError(thrown, 'store-unavailable'))
    return turns
  }
}

function distribute(turns: readonly StoredTurn[], states: readonly SourceState[]): readonly LoadedTurn[] {
  let start = 0
  return turns.map((turn) => {
    const count = turn.result?.sources.length ?? 0
    const sourceStates = states.slice(start, (start += count))
    return count === 0 ? turn : { ...turn, sourceStates }
  })
}

function expectStates(states: unknown, count: number): readonly SourceState[] {
  if (Array.isArray(states) && states.length === count && states.every(isState)) return states
  throw new TypeError(`checkSources must return a list of ${count} states, one of ${SOURCE_STATES.join(', ')} each`)
}

function isState(value: unknown): value is SourceState {
  return SOURCE_STATES.some((state) => state === value)
}
