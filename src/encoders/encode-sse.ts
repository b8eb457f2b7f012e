import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { expectString } from '../core/options/validate.ts'

/** One frame of an event stream. At least one field is required. */
export interface SseFrame {
  /** Name of the event; without line breaks. */
  readonly event?: string | undefined
  /** Any text. Each line becomes a `data` line, so every line break arrives as LF. */
  readonly data?: string | undefined
  /** Printable ASCII: a client sends it back as a header. Empty resets the client's last id. */
  readonly id?: string | undefined
  /** Time that a client waits before it reconnects, in whole milliseconds. */
  readonly retry?: number | undefined
  /** Text that clients ignore. */
  readonly comment?: string | undefined
}

/**
 * Encodes one frame by the HTML standard (chapter "Server-sent events"): the fields in the order comment, event, retry, id,
 * data, then an empty line. A frame with an event name always gets data, because clients do not dispatch it otherwise.
 *
 * @throws TypeError when a field cannot be represented: a line break in `event`, anything but printable ASCII in `id`, a
 * `retry` that is not a whole number
 */
export function encodeSse(frame: SseFrame): string {
  expectOptions(frame, FRAME, { of: 'encodeSse' })
  for (const field of TEXTS) expectString(field, frame[field])
  const { event, data, id, retry, comment } = frame
  let text = comment === undefined ? '' : lines(comment, ':')
  if (event !== undefined) text += `event: ${checkedEvent(event)}\n`
  if (retry !== undefined) text += `retry: ${checkedRetry(retry)}\n`
  if (id !== undefined) text += `id: ${checkedId(id)}\n`
  if (data !== undefined || event !== undefined) text += lines(data ?? '', 'data: ')
  if (text === '') throw new TypeError('Cannot encode an SSE frame without a field')
  return `${text}\n`
}

const TEXTS = ['event', 'data', 'id', 'comment'] as const
const FRAME: OptionNames<SseFrame> = { event: true, data: true, id: true, retry: true, comment: true }

// A lone CR also ends a line: splitting only at LF would let text inject a field.
function lines(text: string, prefix: string): string {
  return text.split(/\r\n|\r|\n/u).reduce((frame, line) => `${frame}${prefix}${line}\n`, '')
}

function checkedEvent(event: string): string {
  if (/[\r\n]/u.test(event)) throw invalidInput('event', 'Cannot encode an SSE event name that contains a line break')
  return event
}

function checkedId(id: string): string {
  if (!/^[\x20-\x7e]*$/u.test(id)) throw invalidInput('id', 'Cannot encode an SSE id that is not printable ASCII')
  return id
}

function checkedRetry(retry: number): number {
  if (Number.isSafeInteger(retry) && retry >= 0) return retry
  throw invalidInput('retry', `Cannot encode the SSE retry ${String(retry)}: it must be a whole number of milliseconds`)
}
