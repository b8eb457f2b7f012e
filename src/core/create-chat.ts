import type { Clock } from './async/clock.ts'
import type { ChatOptions } from './options/chat-options.ts'
import { expectChatOptions, expectTurnOptions } from './options/option-names.ts'
import { resolveChatOptions } from './options/resolve-chat-options.ts'
import { resolveTurnOptions } from './options/resolve-turn-options.ts'
import type { TurnOptions } from './options/turn-options.ts'
import { expectMessages, expectMethods } from './options/validate.ts'
import { BUILT_IN_STAGES } from './turn/built-in-stages.ts'
import { openTurn } from './turn/open-turn.ts'
import type { ChatStream } from './vocabulary/chat-stream.ts'
import type { HistoryStore } from './vocabulary/history-store.ts'
import { invalidInput } from './vocabulary/invalid-input.ts'

/** Answers the requests of an application, with options that are checked once. */
export interface Chat {
  /**
   * Runs one turn, as {@link streamChat} does.
   *
   * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`, at once, when an option is wrong
   */
  stream(options: TurnOptions): ChatStream
  /** Stores the conversations; absent if the chat has no history. */
  readonly history?: HistoryStore | undefined
  /** Maximum length of a question, in UTF-16 code units. */
  readonly maxQuestionChars: number
  /** Time for each call to the history, in milliseconds. */
  readonly storeMs: number
  /** False if an engine answers: it retrieves by itself, and a turn cannot have a `filter`. */
  readonly takesFilter: boolean
  /** Gives the time. */
  readonly clock: Clock
}

/**
 * Checks the options of an application once. Each request then passes only its own options.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 *
 * @example
 * ```ts
 * import { collectChat, createChat } from 'ragwire'
 * import { extractiveChatModel, localRetriever } from 'ragwire/local'
 *
 * const retriever = localRetriever([{ documentId: 'returns', text: 'Unused items can be returned within thirty days.' }])
 * const chat = createChat({ retriever, model: extractiveChatModel() })
 * const result = await collectChat(chat.stream({ question: 'How long can I return an item?' }))
 * ```
 */
export function createChat(options: ChatOptions): Chat {
  expectChatOptions(options)
  expectStore(options.history)
  const chat = resolveChatOptions(options, BUILT_IN_STAGES)
  const { store, storeMs } = chat.history
  return {
    stream(options) {
      expectTurnOptions(options)
      expectEarlierMessages(options.history, store)
      return openTurn(chat, resolveTurnOptions(options, chat))
    },
    history: store,
    maxQuestionChars: chat.maxQuestionChars,
    storeMs,
    takesFilter: chat.answerSource.kind === 'model',
    clock: chat.clock,
  }
}

function expectStore(history: ChatOptions['history']): void {
  if (history === undefined) return
  if (Array.isArray(history)) {
    const message =
      'Cannot use a list of messages as history: it belongs to one request, as in chat.stream({ history })'
    throw invalidInput('history', message)
  }
  expectMethods('history', history, 'a history store such as memoryHistoryStore()', ['beginTurn', 'finishTurn', 'load'])
}

function expectEarlierMessages(history: TurnOptions['history'], store: HistoryStore | undefined): void {
  if (history === undefined) return
  if (typeof history === 'object' && history !== null && 'beginTurn' in history) {
    const message =
      'Cannot use a history store for one request: it belongs to the application, as in createChat({ history })'
    throw invalidInput('history', message)
  }
  expectMessages('history', history)
  if (store === undefined) return
  throw invalidInput('history', 'Cannot use a list of messages as history: the chat loads them from its own history')
}
