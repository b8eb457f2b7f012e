import type { Clock } from '../async/clock.ts'
import { createBySize } from '../options/by-size.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import type { StoredTurn } from '../vocabulary/stored-turn.ts'
import type { ThreadKey, TurnKey } from '../vocabulary/history-store.ts'

/** A turn, and the time at which it began. */
export interface MemoryTurn {
  /** The record of the turn, without its result. */
  record: Omit<StoredTurn, 'result'>
  /** The result as JSON; absent while the run is active. */
  result?: string
  /** Time of the clock at which it began. */
  readonly begunAt: number
}

/** A stored thread. */
export interface MemoryThread extends ThreadKey {
  /** The title that was set; absent for the first question. */
  title?: string
  /** The turns, the oldest first. */
  readonly turns: readonly MemoryTurn[]
  /** Time of the last change, in milliseconds since 1970. */
  readonly updatedAt: number
  /**
   * Number of the last change, counted over all threads. It is the cursor of a list, because it does not change when
   * other threads do.
   */
  readonly touched: number
}

/** Limits of {@link MemoryThreads}. */
export interface MemoryThreadsOptions {
  /** Maximum number of threads in total. */
  readonly maxThreads: number
  /** Maximum number of threads of a scope. */
  readonly maxThreadsPerScope: number
  /** Maximum number of turns of a thread. */
  readonly maxTurns: number
  /** Gives the time. */
  readonly clock: Clock
}

/** The threads of all scopes, limited in number. */
export interface MemoryThreads {
  /** Returns a thread. */
  get(thread: ThreadKey): MemoryThread | undefined
  /** Returns the thread of a run. */
  ofRun(run: TurnKey): MemoryThread | undefined
  /** Returns the threads of a scope, the latest first. */
  ofScope(scope: string): readonly MemoryThread[]
  /**
   * Adds a turn to a thread; creates the thread if it does not exist.
   *
   * @throws ChatError `too-many-runs` when every thread that could be removed has an active run
   */
  add(thread: ThreadKey, turn: MemoryTurn): void
  /** Replaces the turns of a thread. */
  update(thread: MemoryThread, turns: readonly MemoryTurn[]): void
  /** Deletes a thread. Returns true if there was one. */
  remove(thread: ThreadKey): boolean
}

interface Thread extends MemoryThread {
  /** The turns, the oldest first. */
  turns: readonly MemoryTurn[]
  /** Time of the last change, in milliseconds since 1970. */
  updatedAt: number
  /** Number of the last change, counted over all threads. */
  touched: number
}

interface Scope {
  /**
   * In the order of their last change. Maps, because ids come from clients and may be any string, such as `__proto__`.
   */
  readonly threads: Map<string, Thread>
  /** The thread of each run. */
  readonly threadOfRun: Map<string, Thread>
}

/** Longer than any answer takes. After it, the run of a turn without a result counts as failed. */
const RUNNING_MS = 3_600_000

/** Creates an empty table. A thread with an active run is never removed to make room. */
export function createMemoryThreads(options: MemoryThreadsOptions): MemoryThreads {
  const { maxThreads, maxThreadsPerScope, maxTurns, clock } = options
  const scopes = new Map<string, Scope>()
  const bySize = createBySize<Scope>()
  let size = 0
  let touches = 0

  function isRunning({ result, begunAt }: MemoryTurn): boolean {
    return result === undefined && clock.now() - begunAt < RUNNING_MS
  }

  function oldestIdle({ threads }: Scope): Thread | undefined {
    for (const thread of threads.values()) if (!thread.turns.some(isRunning)) return thread
    return undefined
  }

  function scopeOf(scope: string): Scope {
    const known = scopes.get(scope)
    if (known) return known
    const created: Scope = { threads: new Map(), threadOfRun: new Map() }
    scopes.set(scope, created)
    return created
  }

  function makeRoomIn(scope: Scope): void {
    if (scope.threads.size < maxThreadsPerScope) return
    const idle = oldestIdle(scope)
    if (!idle) throw tooMany(`The scope has ${maxThreadsPerScope} active conversations (maxThreadsPerScope)`)
    forget(idle)
  }

  /** Removes a thread of the scope with the most threads, so that a scope cannot evict threads of smaller ones. */
  function makeRoom(): void {
    if (size < maxThreads) return
    for (const scope of bySize.largestFirst()) {
      const idle = oldestIdle(scope)
      if (idle) return forget(idle)
    }
    throw tooMany(`This process has ${maxThreads} active conversations (maxThreads)`)
  }

  function forget({ scope, threadId, turns }: Thread): void {
    const holder = scopeOf(scope)
    const { threads, threadOfRun } = holder
    if (threads.delete(threadId)) size -= 1
    for (const { record } of turns) threadOfRun.delete(record.runId)
    bySize.set(holder, threads.size)
    if (threads.size === 0) scopes.delete(scope)
  }

  function create({ scope, threadId }: ThreadKey): Thread {
    const before = scopes.get(scope)
    if (before) makeRoomIn(before)
    makeRoom()
    size += 1
    return { scope, threadId, turns: [], updatedAt: 0, touched: 0 }
  }

  function update(thread: Thread, turns: readonly MemoryTurn[]): void {
    const scope = scopeOf(thread.scope)
    const { threads, threadOfRun } = scope
    const kept = withinLimit(turns)
    if (kept !== thread.turns) {
      for (const { record } of thread.turns) threadOfRun.delete(record.runId)
      for (const { record } of kept) threadOfRun.set(record.runId, thread)
      thread.turns = kept
    }
    thread.updatedAt = Date.now()
    touches += 1
    thread.touched = touches
    threads.delete(thread.threadId)
    threads.set(thread.threadId, thread)
    bySize.set(scope, threads.size)
  }

  function withinLimit(turns: readonly MemoryTurn[]): readonly MemoryTurn[] {
    let over = turns.length - maxTurns
    return over <= 0 ? turns : turns.filter((turn) => over <= 0 || isRunning(turn) || (over -= 1) < 0)
  }

  return {
    get: ({ scope, threadId }) => scopes.get(scope)?.threads.get(threadId),
    ofRun: ({ scope, runId }) => scopes.get(scope)?.threadOfRun.get(runId),
    ofScope: (scope) => [...(scopes.get(scope)?.threads.values() ?? [])].toReversed(),
    add(key, turn) {
      const thread = scopes.get(key.scope)?.threads.get(key.threadId) ?? create(key)
      update(thread, [...thread.turns, turn])
    },
    update: ({ scope, threadId }, turns) => {
      const thread = scopes.get(scope)?.threads.get(threadId)
      if (thread) update(thread, turns)
    },
    remove({ scope, threadId }) {
      const thread = scopes.get(scope)?.threads.get(threadId)
      if (thread) forget(thread)
      return thread !== undefined
    },
  }
}

function tooMany(message: string): ChatError {
  return new ChatError(message, { code: 'too-many-runs' })
}
