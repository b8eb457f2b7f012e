import type { ModelFinishReason } from '../../../core/vocabulary/chat-model.ts'
import type { TokenUsage } from '../../../core/vocabulary/usage.ts'
import { usageIn } from '../../upstream/chunk-usage.ts'
import { factsOf, type Facts } from '../../upstream/error-facts.ts'
import { readFinishReason } from '../../upstream/finish-reason.ts'
import { fromStreamError } from '../../upstream/openai-error.ts'
import { readContent } from '../text/content.ts'
import { isTold } from '../transport/reported-failure.ts'

/** The end of a response. */
export interface ResponseEnd {
  /** The reason why the model stopped. */
  readonly finishReason: ModelFinishReason
  /** The server's own reason, if it is not a known one. */
  readonly rawFinishReason?: string | undefined
  /** The token usage, if the server reports it. */
  readonly usage: Omit<TokenUsage, 'estimated'> | undefined
  /** The text of the whole response, for servers that do not stream it. */
  readonly text: string
}

/**
 * Reads the last event of a response, or a whole response; `undefined` if it has not ended. The status of the response
 * counts more than the name of the event: vLLM sends `response.completed` for an answer that was cut by its limit.
 *
 * @throws ChatError if the response failed
 */
export function readResponse(event: Facts): ResponseEnd | undefined {
  const response = { ...factsOf(event['response'] ?? event) }
  const status = [response['status'], statusIn(event['type'])].find(isWord)
  if (status === 'in_progress' || status === 'queued') return undefined
  const { error, status_details: details } = response
  const failure = [error, factsOf(details)['error']].find(isTold)
  if (failure !== undefined) throw fromStreamError(failure)
  const word = reasonIn(response) ?? status ?? 'completed'
  const finish = readFinishReason(word)
  if (finish.type === 'failure') throw fromStreamError(response)
  return {
    finishReason: finish.type === 'end' ? finish.reason : 'other',
    ...(finish.type === 'unknown' && { rawFinishReason: word }),
    usage: usageIn(response) ?? usageIn(event),
    text: textOf(response),
  }
}

// The status is the last word of the name of the event.
function statusIn(type: unknown): string | undefined {
  return typeof type === 'string' ? /^response\.(.*)$/u.exec(type)?.[1] : undefined
}

/** Returns the reason why a response is incomplete, in its details or as the details themselves. */
function reasonIn({ incomplete_details: details }: Facts): string | undefined {
  return [details, factsOf(details)['reason']].find(isWord)
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function textOf({ output, output_text: text }: Facts): string {
  const items: readonly unknown[] = Array.isArray(output) ? output : []
  const texts = items
    .map(factsOf)
    .filter(isAnswer)
    .map(({ content }) => readContent(content).text)
  return texts.join('') || (typeof text === 'string' ? text : '')
}

function isAnswer({ type, phase }: Facts): boolean {
  return type === 'message' && phase !== 'commentary'
}
