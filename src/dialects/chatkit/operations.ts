import { cleanTitle } from '../../core/text/hidden-characters.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { DialectAnswer, DialectCall, DialectQuestion } from '../dialect-route.ts'
import type { Encoding } from '../encoding.ts'
import { createEncoder, type Asked } from './encode.ts'
import { itemsOf, runIdOf } from './items.ts'
import { toQuestion, type Params, type RequestType } from './request.ts'
import {
  expectThread,
  findTurn,
  getThread,
  isLastTurn,
  listItems,
  listThreads,
  notFound,
  type Threads,
} from './threads.ts'

/** One request, with all that an operation needs to answer it. */
export interface ChatKitCall extends Threads {
  /** The request. */
  readonly call: DialectCall
  /** The dialect as an encoding. */
  readonly encoding: Encoding
}

/** Answers a request of one type. */
export type Operation<T extends RequestType> = (call: ChatKitCall, params: Params<T>) => Promise<DialectAnswer>

/** The operations of the protocol, by the type of the request. All share one URL. */
export const OPERATIONS: { readonly [T in RequestType]: Operation<T> } = {
  'threads.create': async (call, { input }) => {
    const question = toQuestion(input)
    return ask(call, { question }, { isNewThread: true })
  },

  'threads.add_user_message': async (call, { thread_id: threadId, input }) => {
    const question = toQuestion(input)
    await expectThread(call, threadId)
    return ask(call, { question, threadId })
  },

  'threads.retry_after_item': async (call, { thread_id: threadId, item_id: itemId }) => {
    const turn = await findTurn(call, threadId, runIdOf(itemId))
    // OpenAI's own server deletes the items after it, and a history cannot delete single turns.
    if (!(await isLastTurn(call, turn))) {
      throw invalidInput('params.item_id', 'Cannot retry this question: only the last one of a thread can be retried')
    }
    const replacedItems = itemsOf(turn, call.options).map(({ id }) => id)
    return ask(call, { question: turn.question, threadId, replaces: turn.runId }, { replacedItems })
  },

  'threads.list': async (call, params) => ({ body: await listThreads(call, params) }),

  'threads.get_by_id': async (call, { thread_id: threadId }) => ({ body: await getThread(call, threadId) }),

  'threads.update': async (call, { thread_id: threadId, title }) => {
    const line = cleanTitle(title, MAX_TITLE_CHARS)
    if (line === '') throw invalidInput('params.title', 'Cannot use a blank title')
    if (!(await call.history.rename(threadId, line))) throw notFound()
    return { body: await getThread(call, threadId) }
  },

  'threads.delete': async ({ history }, { thread_id: threadId }) => {
    if (!(await history.delete(threadId))) throw notFound()
    return NOTHING
  },

  'items.list': async (call, params) => ({ body: await listItems(call, params) }),

  'items.feedback': async (call, { thread_id: threadId, item_ids: itemIds, kind }) => {
    const runIds = new Set<string>()
    // The items of a turn share one look-up.
    for (const runId of new Set(itemIds.map(runIdOf))) runIds.add((await findTurn(call, threadId, runId)).runId)
    const rating = kind === 'positive' ? 'up' : 'down'
    for (const runId of runIds) await call.history.setFeedback(runId, { rating })
    return NOTHING
  },
}

// Like the title that a client of the native routes may set.
const MAX_TITLE_CHARS = 200

const NOTHING: DialectAnswer = { body: {} }

async function ask(
  { call, encoding, options }: ChatKitCall,
  question: DialectQuestion,
  asked: Omit<Asked, 'createdAt' | 'question'> = {},
): Promise<DialectAnswer> {
  const createdAt = Date.now()
  const run = await call.ask(question)
  const context = { ...asked, question: question.question, createdAt }
  return { events: run.read(), encoding: { ...encoding, open: () => createEncoder(options, context) } }
}
