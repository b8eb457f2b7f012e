import type { Message } from '../vocabulary/chat-model.ts'
import type { HistoryStore, NewTurn } from '../vocabulary/history-store.ts'
import { invalidInput } from '../vocabulary/invalid-input.ts'
import { ignoredByEngine } from './resolve-answer-source.ts'
import type { ResolvedChatOptions } from './resolved-options.ts'
import type { ResolvedTurnOptions, TurnHistory } from './resolved-turn-options.ts'
import type { TurnOptions } from './turn-options.ts'
import { cleanQuestion, expectId, expectMessages, expectOptionalFunction, expectSignal } from './validate.ts'

/** Options of a turn before they are checked. A history store is an option of the chat and is ignored here. */
export type UncheckedTurnOptions = Omit<TurnOptions, 'history'> & {
  readonly history?: HistoryStore | readonly Message[] | undefined
}

/**
 * Checks the values of the options of one turn and applies the defaults. The names are checked before.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveTurnOptions(options: UncheckedTurnOptions, chat: ResolvedChatOptions): ResolvedTurnOptions {
  const { store } = chat.history
  const question = cleanQuestion(options.question, chat.maxQuestionChars)
  const runId = expectId('runId', options.runId) ?? crypto.randomUUID()
  const messageId = crypto.randomUUID()
  const threadId = expectId('threadId', options.threadId) ?? (store && crypto.randomUUID())
  const scope = expectId('scope', options.scope)
  if (options.filter !== undefined && chat.answerSource.kind === 'engine') throw ignoredByEngine('filter')
  return {
    question,
    runId,
    messageId,
    threadId,
    scope,
    filter: options.filter,
    signal: expectSignal('signal', options.signal),
    history: store
      ? { kind: 'store', store, turn: toNewTurn({ scope, threadId, runId, messageId, question }, options.replaces) }
      : resolveMessages(options),
    waitUntil: expectOptionalFunction('waitUntil', options.waitUntil) ?? chat.waitUntil,
    onError: expectOptionalFunction('onError', options.onError),
  }
}

type TurnIdentity = Pick<ResolvedTurnOptions, 'scope' | 'threadId' | 'runId' | 'messageId' | 'question'>

function toNewTurn({ scope, threadId, ...rest }: TurnIdentity, replaces: unknown): NewTurn {
  if (scope === undefined || threadId === undefined) {
    throw invalidInput('scope', 'Cannot use a history store without a scope: give the tenant or user')
  }
  const replaced = expectId('replaces', replaces)
  return { scope, threadId, ...rest, ...(replaced !== undefined && { replaces: replaced }) }
}

function resolveMessages({ history, replaces }: UncheckedTurnOptions): TurnHistory {
  if (replaces !== undefined) {
    throw invalidInput('replaces', 'Cannot use replaces without a history store: give the store that has the turn')
  }
  if (!isMessages(history)) return { kind: 'none' }
  return { kind: 'messages', messages: expectMessages('history', history) }
}

function isMessages(history: UncheckedTurnOptions['history']): history is readonly Message[] {
  return Array.isArray(history)
}
