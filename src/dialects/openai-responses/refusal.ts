import type { DialectAnswer, DialectCall, DialectReply } from '../dialect-route.ts'
import { toOpenAIError } from '../openai-failure.ts'

/** The error of a request that is refused with a code of the API. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reply: DialectReply

  /** `message` is sent to the client. */
  constructor(message: string, { status, code, param }: RefusalFacts) {
    super(message)
    this.reply = { status, body: toOpenAIError({ status, code, message, param }) }
  }
}

/** The facts of a {@link Refusal}. */
export interface RefusalFacts {
  /** The status. */
  readonly status: 400 | 404 | 410
  /** The code: that of OpenAI if there is one, otherwise that of this library. */
  readonly code: string
  /** The wrong field; `null` for none. */
  readonly param: string | null
}

/** Converts a thrown {@link Refusal} to its reply. */
export function replyingRefusals(answer: (call: DialectCall) => Promise<DialectAnswer>) {
  return async (call: DialectCall): Promise<DialectAnswer> => {
    try {
      return await answer(call)
    } catch (thrown) {
      if (thrown instanceof Refusal) return thrown.reply
      throw thrown
    }
  }
}
