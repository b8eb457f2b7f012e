import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { withoutAttempts, type StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { Dialect } from '../dialect.ts'
import type { DialectAnswer, DialectCall, DialectHistory, DialectRoute } from '../dialect-route.ts'
import { SSE_ENCODING } from '../sse-encoding.ts'
import { createEncoder } from './encode.ts'
import { findReplaced, mayReplace } from './find-replaced.ts'
import { resolveOptions, type AiSdkOptions } from './options.ts'
import { parseRequest, requestSchema, type AiSdkRequest } from './request.ts'
import { runIdOf, toUiMessages } from './to-ui-messages.ts'

/**
 * Creates the dialect of the AI SDK: the UI message stream, version 1, which `useChat` of version 5, 6 and 7 reads. Its
 * routes take what `DefaultChatTransport` sends, resume and stop the answer of a chat, and load its messages.
 *
 * @experimental May change until version 1.0.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field` for an unknown option
 *
 * @example
 * ```ts
 * import { aiSdk } from 'ragwire/ai-sdk'
 * import { createChatHandler, type ChatHandlerOptions } from 'ragwire/server'
 * declare const options: ChatHandlerOptions
 * const handler = createChatHandler({ ...options, dialects: [aiSdk()] })
 * ```
 */
export function aiSdk(options?: AiSdkOptions): Dialect {
  const { path } = resolveOptions(options)
  const dialect: Dialect = {
    ...ENCODING,
    routes: [
      {
        method: 'POST',
        path,
        summary: 'Asks a question in the form of the AI SDK, and streams the answer as a UI message stream.',
        request: requestSchema(),
        answer: async (call) => ask(call, parseRequest(await call.readJson())),
      },
      {
        method: 'GET',
        path: `${path}/{chatId}/stream`,
        summary: 'Streams the active answer of a chat from its start; 204 if there is none.',
        answer: resume,
      },
      ...WHOLE_ROUTES.map((route) => ({ ...route, path: `${path}/{chatId}${route.path}` })),
    ],
    // A client shows the body of a failed request as its error message.
    encodeFailure: ({ message }) => message,
  }

  async function ask(call: DialectCall, request: AiSdkRequest): Promise<DialectAnswer> {
    const { question, messages, chatId, runId, filter } = request
    const replaces = await findRunToReplace(call, request)
    const run = await call.ask({
      question,
      messages,
      ...(chatId !== undefined && { threadId: chatId }),
      ...(runId !== undefined && { runId }),
      ...(replaces !== undefined && { replaces }),
      ...(filter !== undefined && { filter }),
    })
    return { events: run.read(), encoding: dialect }
  }

  async function resume(call: DialectCall): Promise<DialectAnswer> {
    const runId = await call.findActiveRun(call.id)
    const opened = runId === undefined ? undefined : await call.open(runId)
    return opened ? { events: opened.events, encoding: dialect } : { status: 204 }
  }

  return dialect
}

const ENCODING = {
  name: 'ai-sdk',
  ...SSE_ENCODING,
  headers: Object.freeze({ ...SSE_ENCODING.headers, 'x-vercel-ai-ui-message-stream': 'v1' }),
  schema: { type: 'string', description: 'The `data` of each event is a `UIMessageChunk` of the AI SDK, or `[DONE]`.' },
  open: createEncoder,
} as const satisfies Dialect

// The AI SDK sends the whole conversation, but the page shows at most the latest turns of the history.
const MOST_TURNS = 100

/** Without a history, the messages of the client are the conversation, and nothing is replaced. */
async function findRunToReplace(call: DialectCall, request: AiSdkRequest): Promise<string | undefined> {
  const { history } = call
  const { chatId, messageId } = request
  if (!history || chatId === undefined || !mayReplace(request)) return undefined
  const turns = await history.load(chatId, { limit: MOST_TURNS })
  const replaced = findReplaced(request, turns, { isWhole: turns.length < MOST_TURNS })
  if (replaced.outcome === 'found') return replaced.runId
  if (replaced.outcome === 'none') return undefined
  const older = await findOlder(history, { chatId, messageId })
  if (!older) throw new ChatError('There is no such message in the chat', { code: 'not-found' })
  return older.runId
}

async function findOlder(
  history: DialectHistory,
  { chatId, messageId }: Pick<AiSdkRequest, 'messageId'> & { readonly chatId: string },
): Promise<StoredTurn | undefined> {
  const turn = messageId === undefined ? undefined : await history.find(runIdOf(messageId))
  return turn?.threadId === chatId ? turn : undefined
}

const WHOLE_ROUTES: readonly DialectRoute[] = [
  {
    method: 'POST',
    path: '/stop',
    summary: 'Stops the active answer of a chat.',
    response: {
      type: 'object',
      properties: {
        outcome: {
          enum: ['stopping', 'already-ended', 'unknown'],
          description: '`unknown`: there was no active answer.',
        },
        finishReason: { type: 'string' },
      },
      required: ['outcome'],
    },
    async answer(call) {
      const runId = await call.findActiveRun(call.id)
      return { body: runId === undefined ? { outcome: 'unknown' } : await call.stop(runId) }
    },
  },
  {
    method: 'GET',
    path: '/messages',
    summary: 'Returns the latest stored turns of a chat as UI messages, at most 100 turns; none without a history.',
    response: {
      type: 'array',
      items: { type: 'object', description: 'A `UIMessage` of the AI SDK.' },
    },
    async answer(call) {
      const turns = await call.history?.load(call.id, { limit: MOST_TURNS })
      return { body: toUiMessages(withoutAttempts(turns ?? [])) }
    },
  },
]
