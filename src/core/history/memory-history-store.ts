import { ChatError } from '../errors.ts'
import { expectOptions, type OptionNames } from '../expect-options.ts'
import { expectCount } from '../validate.ts'
import {
  HISTORY_RECORD_VERSION,
  takesPlace,
  type FinishedTurn,
  type HistoryStore,
  type NewTurn,
  type StoredTurn,
  type ThreadKey,
  type ThreadSummary,
} from './history-store.ts'

/** What {@link memoryHistoryStore} may grow to. */
export interface MemoryHistoryStoreOptions {
  /** Threads that are kept, over all scopes; the one that was touched longest ago goes first. @defaultValue 1000 */
  readonly maxThreads?: number | undefined
  /** Turns that are kept of a thread; the oldest goes first. @defaultValue 200 */
  readonly maxTurns?: number | undefined
}

interface Turn {
  record: StoredTurn
  readonly replaces: string | undefined
}

interface Thread extends ThreadKey {
  turns: readonly Turn[]
  updatedAt: number
  /** Position in the order in which threads were touched: what a cursor says, as it stays where threads move. */
  touched: number
}

const OPTIONS: OptionNames<MemoryHistoryStoreOptions> = { maxThreads: true, maxTurns: true }

/** A {@link HistoryStore} in this process: bounded, and gone with the process. */
export function memoryHistoryStore(options: MemoryHistoryStoreOptions = {}): HistoryStore {
  expectOptions(options, OPTIONS, { of: 'memoryHistoryStore' })
  const maxThreads = expectCount('maxThreads', options.maxThreads, 1_000)
  const maxTurns = expectCount('maxTurns', options.maxTurns, 200)
  // In the order in which they were last touched. Maps, because ids come from outside and may be called anything.
  const threads = new Map<string, Thread>()
  const threadOfRun = new Map<string, Thread>()
  let touches = 0

  function touch(thread: Thread): void {
    const key = keyOf(thread.scope, thread.threadId)
    thread.updatedAt = Date.now()
    touches += 1
    thread.touched = touches
    threads.delete(key)
    threads.set(key, thread)
    const [oldest] = threads.values()
    if (threads.size > maxThreads && oldest) forget(oldest)
  }

  function forget(thread: Thread): void {
    threads.delete(keyOf(thread.scope, thread.threadId))
    for (const { record } of thread.turns) threadOfRun.delete(keyOf(thread.scope, record.runId))
  }

  function keep(thread: Thread, turns: readonly Turn[]): void {
    const dropped = turns.slice(0, Math.max(0, turns.length - maxTurns))
    for (const { record } of dropped) threadOfRun.delete(keyOf(thread.scope, record.runId))
    thread.turns = turns.slice(dropped.length)
    touch(thread)
  }

  function begin(turn: NewTurn): void {
    const { scope, threadId, runId, messageId, question, replaces } = turn
    const known = threadOfRun.get(keyOf(scope, runId))
    if (known && known.threadId !== threadId) throw new ChatError('The run belongs to another thread', CONFLICT)
    if (known) return
    const thread = threads.get(keyOf(scope, threadId)) ?? { scope, threadId, turns: [], updatedAt: 0, touched: 0 }
    if (replaces !== undefined && !thread.turns.some(({ record }) => record.runId === replaces)) {
      throw new ChatError('There is no turn to replace', NOT_FOUND)
    }
    const createdAt = Date.now()
    const record = { v: HISTORY_RECORD_VERSION, threadId, runId, messageId, question, createdAt } as const
    threadOfRun.set(keyOf(scope, runId), thread)
    keep(thread, [...thread.turns, { record, replaces }])
  }

  function finish({ scope, runId, result }: FinishedTurn): void {
    const thread = threadOfRun.get(keyOf(scope, runId))
    const turn = thread?.turns.find(({ record }) => record.runId === runId)
    if (!thread || !turn) throw new ChatError('The turn is not there any more', NOT_FOUND)
    if (turn.record.result) return
    // A copy, so that nothing that is done to the result later can change what was kept.
    turn.record = { ...turn.record, result: structuredClone(result) }
    const replaced = thread.turns.some(({ record }) => record.runId === turn.replaces)
    if (turn.replaces === undefined || !replaced || !takesPlace(result)) return touch(thread)
    threadOfRun.delete(keyOf(scope, turn.replaces))
    keep(thread, withReplacement(thread.turns, turn))
  }

  return {
    beginTurn: async (turn) => begin(turn),
    finishTurn: async (turn) => finish(turn),
    async load({ scope, threadId }, { limit }) {
      const turns = threads.get(keyOf(scope, threadId))?.turns ?? []
      return turns.slice(Math.max(0, turns.length - limit)).map(({ record }) => structuredClone(record))
    },
    async list(scope, { limit, before }) {
      const isListed = (thread: Thread): boolean =>
        thread.scope === scope && (before === undefined || thread.touched < Number(before))
      const rest = [...threads.values()].filter(isListed).toReversed()
      const page = rest.slice(0, limit)
      const last = page.at(-1)
      return { threads: page.map(toSummary), ...(last && rest.length > limit && { before: String(last.touched) }) }
    },
    async delete({ scope, threadId }) {
      const thread = threads.get(keyOf(scope, threadId))
      if (thread) forget(thread)
      return thread !== undefined
    },
  }
}

const NOT_FOUND = { code: 'not-found' } as const
const CONFLICT = { code: 'store-conflict' } as const

// JSON, because no separator is safe between two strings that may hold anything.
function keyOf(scope: string, id: string): string {
  return JSON.stringify([scope, id])
}

/** The turns with `turn` in the place of the one that it replaces. */
function withReplacement(turns: readonly Turn[], turn: Turn): readonly Turn[] {
  const others = turns.filter((other) => other !== turn)
  return others.map((other) => (other.record.runId === turn.replaces ? turn : other))
}

function toSummary({ threadId, turns, updatedAt }: Thread): ThreadSummary {
  return { threadId, title: turns[0]?.record.question ?? '', turns: turns.length, updatedAt }
}
