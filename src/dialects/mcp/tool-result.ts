import type { CallToolResult } from '@modelcontextprotocol/server'
import { isInvalidInput, type InvalidInputError } from '../../core/vocabulary/invalid-input.ts'
import { toChatError } from '../../core/vocabulary/chat-error.ts'
import { publicMessage, type ErrorCode } from '../../core/vocabulary/error-codes.ts'
import { isBadRequest } from '../bad-request.ts'

/** Returns a result with one text, by default the JSON of the content. */
export function toToolResult(
  content: Readonly<Record<string, unknown>>,
  text = JSON.stringify(content),
): CallToolResult {
  return { structuredContent: content, content: [{ type: 'text', text }] }
}

/** Returns a failed result. `message` is for the model of the client, and must contain no cause. */
export function toToolError(message: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: message }] }
}

/** Options of {@link answerTool}. */
export interface AnswerToolOptions {
  /** Ends the call. */
  readonly signal: AbortSignal
  /** The code of an error that has none. */
  readonly failure: ErrorCode
  /** Called with an error that the client gets only as a fixed sentence. */
  readonly report: (error: unknown) => void
}

/** Answers a call of a tool. An error becomes a failed result with a safe sentence. */
export async function answerTool(
  answer: () => Promise<CallToolResult>,
  { signal, failure, report }: AnswerToolOptions,
): Promise<CallToolResult> {
  try {
    return await answer()
  } catch (thrown) {
    // The client has left or has canceled the call, so nobody reads the result.
    if (signal.aborted) throw thrown
    if (isAboutInput(thrown)) return toToolError(thrown.message)
    const error = toChatError(thrown, failure)
    report(error)
    return toToolError(publicMessage(error.code))
  }
}

/** True for an error that the client caused. Any other error of this kind is about an option of the application. */
function isAboutInput(thrown: unknown): thrown is InvalidInputError {
  return isBadRequest(thrown) || (isInvalidInput(thrown) && thrown.field === 'question')
}
