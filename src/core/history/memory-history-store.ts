import { systemClock, type Clock } from '../async/clock.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../options/expect-options.ts'
import type { Feedback } from '../vocabulary/feedback.ts'
import type {
  FinishTurnOutcome,
  FinishedTurn,
  HistoryStore,
  NewTurn,
  SetFeedbackOutcome,
  TurnKey,
} from '../vocabulary/history-store.ts'
import type { ChatResult } from '../vocabulary/result.ts'
import { HISTORY_RECORD_VERSION, takesPlace, type StoredTurn } from '../vocabulary/stored-turn.ts'
import { clockOption, countOption } from '../options/options-with-defaults.ts'
import { expectStorable } from '../options/expect-storable.ts'
import { pageOfThreads, type ListedThread } from '../text/thread-page.ts'
import { createMemoryThreads, type MemoryThread, type MemoryTurn } from './memory-threads.ts'
import { selfChecking } from './self-checking.ts'

/** Limits of {@link memoryHistoryStore}. */
export interface MemoryHistoryStoreOptions {
  /**
   * Maximum number of threads in all scopes. Above it, the scope with the most threads loses its least recently changed
   * one. A thread with an active run is never removed.
   * @defaultValue 10000
   */
  readonly maxThreads?: number | undefined
  /** Maximum number of threads of one scope; the least recently changed one is removed first. @defaultValue 1000 */
  readonly maxThreadsPerScope?: number | undefined
  /** Maximum number of turns of a thread; the oldest is removed first. @defaultValue 200 */
  readonly maxTurns?: number | undefined
  /** Measures the age of active runs. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

const OPTIONS: OptionNames<MemoryHistoryStoreOptions> = {
  maxThreads: true,
  maxThreadsPerScope: true,
  maxTurns: true,
  clock: true,
}

/**
 * Creates a {@link HistoryStore} in the memory of this process, bounded by limits. If every thread has an active run
 * and there is no room for another thread, a question fails with `too-many-runs`. A turn without a result counts as
 * active for an hour.
 */
export function memoryHistoryStore(options: MemoryHistoryStoreOptions = {}): HistoryStore {
  expectOptions(options, OPTIONS, { of: 'memoryHistoryStore' })
  const clock = clockOption('clock', options.clock, systemClock)
  const threads = createMemoryThreads({
    maxThreads: countOption('maxThreads', options.maxThreads, 10_000),
    maxThreadsPerScope: countOption('maxThreadsPerScope', options.maxThreadsPerScope, 1_000),
    maxTurns: countOption('maxTurns', options.maxTurns, 200),
    clock,
  })

  function begin(turn: NewTurn): void {
    const { scope, threadId, runId, messageId, question } = turn
    const known = threads.ofRun({ scope, runId })
    if (known && known.threadId !== threadId) throw new ChatError('The run belongs to another thread', CONFLICT)
    if (known) return
    const turns = threads.get({ scope, threadId })?.turns ?? []
    const replaced = turn.replaces === undefined ? undefined : turnToReplace(turns, turn.replaces)
    const replaces = replaced && { replaces: replaced.record.runId }
    const createdAt = Date.now()
    const record = { v: HISTORY_RECORD_VERSION, threadId, runId, messageId, question, createdAt, ...replaces } as const
    threads.add({ scope, threadId }, { record, begunAt: clock.now() })
  }

  function finish({ scope, runId, result }: FinishedTurn): FinishTurnOutcome {
    const thread = threads.ofRun({ scope, runId })
    const turn = thread && turnOf(thread.turns, runId)
    if (!thread || !turn) throw new ChatError('The turn no longer exists: its thread was deleted', NOT_FOUND)
    expectStorable(result)
    // As JSON, so that a later change of the object does not change the record. Most results are never read again, and
    // a `structuredClone` takes four times as long.
    const json = JSON.stringify(result)
    const first = turn.result
    if (first !== undefined) return first === json ? { kept: 'this' } : { kept: 'other', result: toResult(first) }
    turn.result = json
    const { replaces } = turn.record
    const replaced = replaces !== undefined && takesPlace(result) && turnOf(thread.turns, replaces)
    threads.update(thread, replaced ? withReplacement(thread, turn, replaced) : thread.turns)
    return { kept: 'this' }
  }

  function setFeedback(run: TurnKey, feedback: Feedback | undefined): SetFeedbackOutcome | undefined {
    const turn = turnOf(threads.ofRun(run)?.turns ?? [], run.runId)
    if (turn?.result === undefined) return undefined
    const { feedback: earlier, ...record } = turn.record
    turn.record = { ...record, ...(feedback && { feedback: structuredClone(feedback) }) }
    return { turn: toStoredTurn(turn), ...(earlier && { earlier }) }
  }

  return {
    beginTurn: async (turn) => begin(turn),
    finishTurn: selfChecking(async (turn) => finish(turn)),
    async load(thread, { limit }) {
      const turns = threads.get(thread)?.turns ?? []
      return turns.slice(Math.max(0, turns.length - limit)).map(toStoredTurn)
    },
    async find(run) {
      const turn = turnOf(threads.ofRun(run)?.turns ?? [], run.runId)
      return turn && toStoredTurn(turn)
    },
    list: (scope, { limit, before, search }) =>
      pageOfThreads(
        async (page) => {
          const { before = Infinity } = page
          const rest = threads.ofScope(scope).filter(({ touched }) => touched < Number(before))
          return rest.slice(0, page.limit).map(toListed)
        },
        { limit, before, search },
      ),
    delete: async (thread) => threads.remove(thread),
    async rename(key, { title }) {
      const thread = threads.get(key)
      if (thread) thread.title = title
      return thread !== undefined
    },
    setFeedback: async (run, { feedback }) => setFeedback(run, feedback),
  }
}

function toStoredTurn({ record, result }: MemoryTurn): StoredTurn {
  const { feedback } = record
  return {
    ...record,
    ...(result !== undefined && { result: toResult(result) }),
    ...(feedback && { feedback: { ...feedback } }),
  }
}

// Only this store has written it.
function toResult(json: string): ChatResult {
  return JSON.parse(json) as ChatResult
}

function toListed({ threadId, title, turns, updatedAt, touched }: MemoryThread): ListedThread {
  const shown = title ?? turns[0]?.record.question ?? ''
  return { threadId, title: shown, turns: turns.length, updatedAt, cursor: String(touched) }
}

const NOT_FOUND = { code: 'not-found' } as const
const CONFLICT = { code: 'store-conflict' } as const

function turnOf(turns: readonly MemoryTurn[], runId: string): MemoryTurn | undefined {
  return turns.find(({ record }) => record.runId === runId)
}

/** Returns the turn of a run, or the turn that it should replace if it is a failed attempt. */
function turnToReplace(turns: readonly MemoryTurn[], runId: string): MemoryTurn {
  const named = turnOf(turns, runId)
  if (!named) throw new ChatError('The turn to replace does not exist', NOT_FOUND)
  return turnOf(turns, named.record.replaces ?? runId) ?? named
}

/** Returns the turns with `turn` in the place of `replaced`, without the failed attempts to replace it. */
function withReplacement({ turns }: MemoryThread, turn: MemoryTurn, replaced: MemoryTurn): readonly MemoryTurn[] {
  const { runId } = replaced.record
  return turns
    .filter((other) => other !== turn && !(other.record.replaces === runId && other.result !== undefined))
    .map((other) => (other === replaced ? turn : other))
}
