import { expect } from 'vitest'
import type { ChatError, ChatModel } from '../../../src/index.ts'
import { ask, doneOf } from '../../core/ask.ts'
import type { Replay } from './vendors/vendor.ts'

/** The outcome of a question: the answer, its end and the reasoning events, or the error. */
export async function readAll(model: ChatModel) {
  let thinks = false
  let cause: unknown
  const watched: ChatModel = {
    async *stream(request, options) {
      for await (const event of model.stream(request, options)) {
        thinks ||= event.type === 'reasoning'
        yield event
      }
    },
  }
  const onError = (error: ChatError): void => void (cause = error.cause)
  const last = (await ask({ model: watched, retries: 0, onError })).at(-1)
  if (last?.type === 'error') return { code: last.code, cause: describeCause(cause) }
  const { answer, finishReason, usage } = doneOf(last ? [last] : [])
  return { text: answer, finishReason, usage, thinks }
}

/** The expected outcome, as far as a client keeps it. */
export function expectedOf({ expected }: Replay, client: string) {
  if ('code' in expected) {
    const { code, cause, wordsLostIn } = expected
    return { code, ...(cause && wordsLostIn !== client && { cause: expect.stringContaining(cause) }) }
  }
  const { text, finishReason, usage, thinks } = expected
  const [inputTokens, outputTokens, totalTokens] = usage ?? []
  return {
    text,
    finishReason,
    usage: usage ? { inputTokens, outputTokens, totalTokens } : { estimated: true },
    ...(thinks && { thinks }),
  }
}

// An error of the client has the text in its message, and an object of the server in its fields.
function describeCause(cause: unknown): string {
  return `${cause instanceof Error ? cause.message : ''} ${JSON.stringify(cause)}`
}
