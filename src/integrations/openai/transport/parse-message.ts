import { ChatError } from '../../../core/vocabulary/chat-error.ts'
import { fromStreamError, START_OF_BODY } from '../../upstream/openai-error.ts'
import type { AnswerMessage } from './answer-message.ts'
import { isKeepAlive } from './is-keep-alive.ts'

/** The state that decides if a message is part of the answer. */
export interface ParseOptions {
  /** Text that only messages of the answer contain, even under the name of a keep-alive. */
  readonly sign: string
  /** True after the finish reason: other data is then not needed. */
  readonly finished: boolean
}

/**
 * Returns the object of a message; `undefined` if the message is about the stream and not part of the answer.
 *
 * @throws ChatError for data that is not an object, and for an error that is reported as plain text
 */
export function parseMessage({ event, data }: AnswerMessage, options: ParseOptions): object | undefined {
  if (data === null) return undefined
  if (typeof data !== 'string') return expectObject(data)
  if (isAboutStream(event, data, options)) return undefined
  // Some servers report an error as plain text.
  if (namesFailure(event) && !/^\s*[{[]/u.test(data)) throw fromStreamError(data)
  return parseObject(data)
}

/** Returns true if the name of an event reports a failure. */
export function namesFailure(event: string | undefined): boolean {
  return event !== undefined && FAILED.test(event)
}

/**
 * Parses the JSON of an object.
 *
 * @throws ChatError `upstream-bad-response` if it is not one
 */
export function parseObject(data: string): object {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    const cause = data.slice(0, START_OF_BODY)
    throw new ChatError('The model sent a chunk that is not JSON', { code: 'upstream-bad-response', cause })
  }
  return expectObject(value)
}

const FAILED = /error|exception|fail|abort|cancel|timeout|timed.?out/iu
const OPENING_BRACE = 123

function isAboutStream(event: string | undefined, data: string, { sign, finished }: ParseOptions): boolean {
  // A cheap test of the first character, because this runs for many tokens.
  const isJson = data.charCodeAt(0) === OPENING_BRACE || /^\s*[{[]/u.test(data)
  if (namesFailure(event)) return false
  if (event !== undefined && isKeepAlive(event)) return !isJson || !data.includes(sign)
  if (isJson && !isKeepAlive(data)) return false
  // The data of a named event is not a chunk, and data after the end marker is not needed.
  return isKeepAlive(data) || data.trim() === 'null' || finished || (event !== undefined && event !== 'message')
}

function expectObject(value: unknown): object {
  // Gemini puts an error into a list.
  const object: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (typeof object === 'object' && object !== null) return object
  throw new ChatError('The model sent a chunk that is not an object', { code: 'upstream-bad-response', cause: object })
}
