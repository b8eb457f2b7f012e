import type { Dialect } from '../dialect.ts'
import type { DialectRoute } from '../dialect-route.ts'
import { toOpenAIFailure } from '../openai-failure.ts'
import { createResponse } from './create-response.ts'
import { replyingRefusals } from './refusal.ts'
import { requestSchema } from './request.ts'
import { resolveOptions, type OpenAIResponsesOptions, type ResolvedResponsesOptions } from './options.ts'
import { defaultContext } from './response-context.ts'
import { responseEncoding } from './response-encoding.ts'
import { cancelResponse, listInputItems, retrieveResponse } from './retrieve-response.ts'

/**
 * Creates the dialect of the Responses API of OpenAI, which Open Responses has as a standard. As `format` of a sink, it
 * sends a response with the name of the first model, whose `created_at` is 0 unless the id of the run contains the time.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 *
 * @experimental
 *
 * @example
 * ```ts
 * import { extractiveChatModel, localRetriever } from 'ragwire/local'
 * import { openaiResponses } from 'ragwire/openai-responses'
 * import { createChatHandler } from 'ragwire/server'
 * const handler = createChatHandler({
 *   retriever: localRetriever([{ documentId: 'cats', text: 'Cats sleep 16 hours a day.' }]),
 *   model: extractiveChatModel(),
 *   scope: () => 'everybody',
 *   dialects: [openaiResponses()],
 * })
 * ```
 */
export function openaiResponses(options: OpenAIResponsesOptions = {}): Dialect {
  const resolved = resolveOptions(options)
  return {
    ...responseEncoding({ ...defaultContext(resolved), startingAfter: -1 }),
    routes: routesOf(resolved),
    encodeFailure: toOpenAIFailure,
    schema: { type: 'string', description: 'The `data` of each event is a streaming event of the Responses API.' },
  }
}

const RESPONSE = { type: 'object', description: 'A response object of the Responses API.' } as const

function routesOf(options: ResolvedResponsesOptions): readonly DialectRoute[] {
  const path = `${options.path}/responses`
  const one = `${path}/{responseId}`
  return [
    {
      method: 'POST',
      path,
      summary:
        'Answers a question in the form of the Responses API: as a stream with `stream: true`, otherwise as JSON.',
      request: requestSchema(),
      response: RESPONSE,
      alsoStreams: true,
      answer: replyingRefusals((call) => createResponse(call, options)),
    },
    {
      method: 'GET',
      path: one,
      summary: 'Returns a response; with `?stream=true`, streams it from the start or after `starting_after`.',
      response: RESPONSE,
      alsoStreams: true,
      answer: replyingRefusals((call) => retrieveResponse(call, options)),
    },
    {
      method: 'POST',
      path: `${one}/cancel`,
      summary: 'Stops a response, and returns it.',
      response: RESPONSE,
      answer: replyingRefusals((call) => cancelResponse(call, options)),
    },
    {
      method: 'GET',
      path: `${one}/input_items`,
      summary: 'Returns the question of a stored response.',
      response: { type: 'object', description: 'A list of input items.' },
      answer: replyingRefusals((call) => listInputItems(call)),
    },
  ]
}
