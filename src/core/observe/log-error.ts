import { cutText } from '../text/cut-text.ts'
import type { ChatError } from '../vocabulary/chat-error.ts'
import { redact } from './redact.ts'

/** Maximum length of a line. */
const MOST_CHARS = 1_000
/** Maximum length of a message that is searched for secrets, before it is cut. */
const MOST_READ = 4_000
/** Maximum number of causes of an error. */
const MOST_CAUSES = 5

const logged = new WeakSet<object>()

/**
 * Prints one line to `console.error`: the code, the message, the causes and the run. The same error is printed once,
 * even if several places report it. Keys, passwords and tokens are removed.
 */
export function logError(error: ChatError, runId?: string): void {
  if (logged.has(error)) return
  logged.add(error)
  console.error(describeError(error, runId))
}

/** Returns the line that {@link logError} prints. */
export function describeError(error: ChatError, runId?: string): string {
  const run = runId === undefined ? '' : ` (run ${runId})`
  const causes = causesOf(error).map((cause) => `; caused by ${describeCause(cause)}`)
  const text = `ragwire: ${error.code}: ${clean(error.message)}${causes.join('')}`
  return `${shorten(text, MOST_CHARS - run.length)}${run}`
}

/** Returns the causes of an error, each once: its cause, and the first errors of an aggregate. */
function causesOf(error: ChatError): readonly unknown[] {
  const seen = new Set<unknown>([error])
  const add = (cause: unknown): void => {
    // An error may be its own cause.
    if (cause === undefined || seen.size > MOST_CAUSES || seen.has(cause)) return
    seen.add(cause)
    if (typeof cause !== 'object' || cause === null) return
    add(readField(cause, 'cause'))
    for (const index of Array(MOST_CAUSES).keys()) add(readField(readField(cause, 'errors'), String(index)))
  }
  add(readField(error, 'cause'))
  return [...seen].slice(1)
}

function describeCause(cause: unknown): string {
  // The source code of a function is not useful in a log.
  if (typeof cause === 'function') return 'a function'
  if (typeof cause !== 'object' || cause === null) return clean(String(cause))
  // Only the code and the status: bodies and headers are long, and contain keys.
  const facts = ['code', 'status'].flatMap((name) => {
    const value = readField(cause, name)
    return typeof value === 'string' || typeof value === 'number' ? [`${name} ${clean(String(value))}`] : []
  })
  const name = readField(cause, 'name')
  const message = readField(cause, 'message')
  const text = typeof message === 'string' && message !== '' ? clean(message) : 'no message'
  return `${typeof name === 'string' ? clean(name) : 'an object'}: ${[text, ...facts].join(', ')}`
}

function readField(value: unknown, name: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  } catch {
    // A getter may throw, and logging must not fail.
    return undefined
  }
}

/** Returns one line without secrets, and without control characters for terminals and log readers. */
function clean(text: string): string {
  // Redact before the lines are joined, because a header ends with its line.
  const line = redact(text.slice(0, MOST_READ)).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
  return shorten(line.trim(), MOST_CHARS / 2)
}

function shorten(text: string, mostChars: number): string {
  return (text.length <= mostChars ? text : `${cutText(text, mostChars - 1)}…`).toWellFormed()
}
