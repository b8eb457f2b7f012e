import { invalidInput } from '../vocabulary/invalid-input.ts'
import { describeValue } from './expect-options.ts'
import { MESSAGE_ROLES, type Message } from '../vocabulary/chat-model.ts'

/** Maximum length of an id, in UTF-16 code units: a UUID has 36. */
const MAX_ID_CHARS = 256

/** Repairs and checks a question. */
export function cleanQuestion(question: unknown, maxChars: number): string {
  if (typeof question !== 'string') throw wrongType('question', 'a string', question)
  if (question.length > maxChars) {
    const message = `Cannot use a question of ${question.length} characters: the limit is ${maxChars} (maxQuestionChars)`
    throw invalidInput('question', message, RangeError)
  }
  if (question.trim() === '') throw invalidInput('question', 'Cannot answer an empty question')
  // Some stores cannot save a NUL character, and no reader types one.
  if (question.includes('\0')) throw invalidInput('question', 'Cannot use a question that contains a NUL character')
  return question.toWellFormed()
}

/** Checks an id: it goes into headers, log lines and store keys, so it must not contain control characters. */
export function expectId(field: string, id: unknown): string | undefined {
  if (id === undefined) return undefined
  if (typeof id !== 'string') throw wrongType(field, 'a string', id)
  if (id === '' || id.length > MAX_ID_CHARS) {
    throw invalidInput(field, `Cannot use a ${field} of ${id.length} characters: it must have 1 to ${MAX_ID_CHARS}`)
  }
  if (/\p{Cc}/u.test(id) || !id.isWellFormed()) {
    throw invalidInput(field, `Cannot use a ${field} that contains a control character or an unpaired surrogate`)
  }
  return id
}

/** Checks an optional finite number. */
export function expectFinite(field: string, value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw wrongType(field, 'a number', value)
  if (Number.isFinite(value)) return value
  throw invalidInput(field, `Cannot use ${field} ${value}: it must be a finite number`, RangeError)
}

/** Checks a list of messages. */
export function expectMessages(field: string, messages: readonly Message[]): readonly Message[] {
  if (!Array.isArray(messages)) throw wrongType(field, 'a list of messages', messages)
  for (const [index, message] of messages.entries()) {
    expectOneOf(`${field}[${index}].role`, message?.role, MESSAGE_ROLES)
    if (typeof message.content !== 'string') throw wrongType(`${field}[${index}].content`, 'a string', message.content)
  }
  return messages
}

/** Checks a function, and returns it with its type. */
export function expectFunction<T>(field: string, value: T): T {
  if (typeof value !== 'function') throw wrongType(field, 'a function', value)
  return value
}

/** Checks an optional function, such as a hook. */
export function expectOptionalFunction<T>(field: string, value: T): T {
  return value === undefined ? value : expectFunction(field, value)
}

/**
 * Checks an object that the application provides, such as a store or a client. `what` describes it for the message, and
 * `methods` are the functions that it must have.
 */
export function expectMethods<T>(field: string, value: T, what: string, methods: readonly string[]): T {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) throw wrongType(field, what, value)
  for (const name of methods) {
    const method: unknown = Reflect.get(value, name)
    if (typeof method !== 'function') throw wrongType(`${field}.${name}`, `a function of ${what}`, method)
  }
  return value
}

/** Checks an optional signal. */
export function expectSignal(field: string, value: AbortSignal | undefined): AbortSignal | undefined {
  return value === undefined ? value : expectMethods(field, value, 'an AbortSignal', ['addEventListener'])
}

/** Checks a stream of events. */
export function expectStream(field: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value) return
  throw wrongType(field, 'a stream of events such as streamChat() returns', value)
}

/** Checks an optional string. */
export function expectString(field: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw wrongType(field, 'a string', value)
}

/** Checks that a value is one of several words. */
export function expectOneOf<const T extends string>(field: string, value: unknown, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === value)
  if (word !== undefined) return word
  throw invalidInput(field, `Cannot use ${field} ${String(value)}: it must be one of ${words.join(', ')}`)
}

/** Checks a list of strings, and copies it. */
export function expectList(field: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw wrongType(field, 'a list of strings', value)
  }
  return [...value]
}

/** Checks an options object. */
export function expectObject(field: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongType(field, 'an object', value)
}

/** Makes the error of an option with a wrong type. */
export function wrongType(field: string, expected: string, value: unknown): TypeError {
  return invalidInput(field, `Cannot use ${field}: it must be ${expected}, and it is ${describeValue(value)}`)
}
