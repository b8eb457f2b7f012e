import { SSE_HEADERS } from '../../encoders/headers.ts'
import type { Dialect } from '../dialect.ts'
import type { Encoding } from '../encoding.ts'
import { toOpenAIFailure } from '../openai-failure.ts'
import { toSeconds } from './completion.ts'
import { createChunkEncoder } from './encode.ts'
import { resolveOpenAIChatOptions, type OpenAIChatOptions, type ResolvedOpenAIChatOptions } from './options.ts'
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
  const resolved = resolveOpenAIChatOptions(options)
  const [model] = resolved.models
  return {
    ...createEncoding(resolved, { model, includeUsage: false }),
    schema: { type: 'string', description: 'The `data` of each event is a chunk of OpenAI; the last one is [DONE].' },
    encodeFailure: toOpenAIFailure,
    routes: createRoutes(resolved, (request) => createEncoding(resolved, request)),
  }
}

function createEncoding({ now, sources }: ResolvedOpenAIChatOptions, request: StreamRequest): Encoding {
  return {
    name: 'openai-chat',
    mediaType: 'text/event-stream',
    headers: SSE_HEADERS,
    opening: ': ragwire\n\n',
    keepAlive: ':\n\n',
    breaksOnError: false,
    open: () => createChunkEncoder({ ...request, created: toSeconds(now()), sources }),
  }
}
