import type { Dialect } from '../dialect.ts'
import type { Encoding } from '../encoding.ts'
import { toOpenAIFailure } from '../openai-failure.ts'
import { listModels } from '../openai-models.ts'
import { SSE_ENCODING } from '../sse-encoding.ts'
import { toSeconds } from '../to-seconds.ts'
import { createEncoder } from './encode.ts'
import { resolveOptions, type OpenAIChatOptions, type ResolvedOpenAIChatOptions } from './options.ts'
import { createRoutes, type StreamRequest } from './routes.ts'

/**
 * Creates the dialect of OpenAI chat completions: `POST /v1/chat/completions`, streamed and not, and `GET /v1/models`, for
 * Open WebUI, LibreChat and the `openai` package. `createChatHandler({ dialects: [openaiChat()] })` mounts it. As the
 * `format` of a sink, it streams chunks of the first model without the usage.
 *
 * @experimental It may change until version 1.0.
 * @throws TypeError with `code: 'invalid-input'` and the `field` for a wrong option
 */
export function openaiChat(options?: OpenAIChatOptions): Dialect {
  const resolved = resolveOptions(options)
  const [model] = listModels(resolved.models)
  return {
    ...createEncoding(resolved, { model, includeUsage: false }),
    schema: { type: 'string', description: 'The `data` of each event is a chunk of OpenAI; the last one is [DONE].' },
    encodeFailure: toOpenAIFailure,
    routes: createRoutes(resolved, (request) => createEncoding(resolved, request)),
  }
}

function createEncoding({ now, sources }: ResolvedOpenAIChatOptions, request: StreamRequest): Encoding {
  return {
    ...SSE_ENCODING,
    name: 'openai-chat',
    open: () => createEncoder({ ...request, created: toSeconds(now()), sources }),
  }
}
