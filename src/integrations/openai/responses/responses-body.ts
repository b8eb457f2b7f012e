import type { ChatModelRequest } from '../../../core/vocabulary/chat-model.ts'
import type { OpenAIResponsesBody } from '../openai-client.ts'
import type { OptionalParameters } from '../transport/refused-parameters.ts'

/**
 * Creates the body of a request.
 *
 * The system message is an input item with the role `system`, because that is the only form that all servers use:
 * LM Studio ignores `instructions` (lmstudio-bug-tracker 1154), Ollama drops messages with the role `developer` without an
 * error (ollama 18305), and chat templates on vLLM and LM Studio refuse this role. OpenAI and Azure read `system` as
 * `developer`. Content is a string: vLLM and OpenRouter refuse an assistant's list of parts without ids, statuses or
 * annotations (cherry-studio 10477, langchain PR 32557).
 */
export function toResponsesBody(model: string, request: ChatModelRequest): OpenAIResponsesBody {
  const { messages, temperature, maxOutputTokens } = request
  return {
    model,
    input: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    // The history is sent with each request, so a copy on the server has no use.
    store: false,
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { max_output_tokens: maxOutputTokens }),
  }
}

/**
 * The parameters that are left out if a server rejects them. The token limit is kept, because it limits the cost.
 * `store: false` is kept, because the server would otherwise keep the documents of the application.
 */
export const RESPONSES_PARAMETERS: OptionalParameters<OpenAIResponsesBody> = {
  names: ['temperature'],
  without(body, refused) {
    const { temperature, ...rest } = body
    return refused.has('temperature') || temperature === undefined ? rest : { ...rest, temperature }
  },
}
