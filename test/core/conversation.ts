import { expect } from 'vitest'
import {
  memoryHistoryStore,
  type ChatEvent,
  type ChatResult,
  type HistoryStore,
  type StoredTurn,
} from '../../src/index.ts'
import { scriptedChatModel, type Script } from '../../src/testing.ts'
import { ask } from './ask.ts'

const { signal } = new AbortController()

/** A thread in a store of its own; a test may replace some methods of the store. */
export function createConversation(replace: (store: HistoryStore) => Partial<HistoryStore> = () => ({})) {
  const memory = memoryHistoryStore()
  const finished: ChatResult[] = []
  const history: HistoryStore = {
    ...memory,
    finishTurn(turn, options) {
      finished.push(turn.result)
      return memory.finishTurn(turn, options)
    },
  }
  const key = { scope: 'ann', threadId: 'thread-1' }
  return {
    /** The options of a run in this thread. */
    options: { history: { ...history, ...replace(history) }, ...key },
    /** The turns that the store was given, in order. */
    finished,
    /** Loads the thread, as a reload of the page does. */
    turns: (): Promise<readonly StoredTurn[]> => memory.load(key, { limit: 50, signal }),
    /** Stores a question without an answer, as a crashed server leaves it. */
    die: (question: string) => memory.beginTurn({ ...key, runId: question, messageId: 'm', question }, { signal }),
    /** Asks a question; the model answers with the given text. */
    say(question: string, answer: Script, runId: string = crypto.randomUUID()): Promise<readonly ChatEvent[]> {
      return ask({ history, ...key, question, runId, model: scriptedChatModel(answer), condenser: false })
    },
  }
}

/** Returns the result that the last event carries. */
export function resultOf(events: readonly ChatEvent[]): ChatResult {
  const last = events.at(-1)
  if (last?.type === 'error') return last.partial
  if (last?.type !== 'done') return expect.fail(`The run did not end: ${JSON.stringify(last)}`)
  const { type: _type, seq: _seq, ...result } = last
  return result
}
