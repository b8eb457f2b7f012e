import { ChatError } from '../../../core/vocabulary/chat-error.ts'
import type { MessageParser } from './message-decoder.ts'
import type { AnswerMessage } from './answer-message.ts'

/**
 * Creates the decoder of a JSON body, which some servers send instead of a stream: a whole answer, a list of chunks, or one
 * chunk per line.
 */
export function createJsonParser(maxEventBytes: number): MessageParser {
  let messages: AnswerMessage[] = []
  let failure: ChatError | undefined
  let held = ''
  // True if each line is a chunk; unknown until the first line is complete.
  let inLines: boolean | undefined

  function feed(text: string): void {
    if (failure) return
    const ends = text.includes('\n')
    held += text
    if (ends && inLines !== false) readLines()
    if (held.length > maxEventBytes) failure = tooLarge(maxEventBytes)
  }

  function readLines(): void {
    const lines = held.split('\n')
    inLines ??= tryToParse(lines.find((line) => line.trim() !== '') ?? '') !== undefined
    if (!inLines) return
    held = lines.pop() ?? ''
    for (const line of lines) addLine(line)
  }

  // Some servers put `data:` before the lines.
  function addLine(line: string): void {
    const data = line.replace(/^\s*data:/u, '').trim()
    if (data.startsWith('[{')) addAll(tryToParse(data))
    else if (data !== '') messages.push({ data })
  }

  function addWhole(text: string): void {
    const value = tryToParse(text)
    if (value === undefined) {
      failure = new ChatError('The model answered with incomplete JSON', { code: 'upstream-bad-response' })
      return
    }
    addAll(value)
    // The answer is whole, so the end marker is added.
    messages.push({ data: '[DONE]' })
  }

  function addAll(value: unknown): void {
    messages.push(...(Array.isArray(value) ? value : [value]).map((data: unknown) => ({ data })))
  }

  return {
    feed,
    complete() {
      if (failure || held.trim() === '') return
      if (inLines) addLine(held)
      else addWhole(held)
      held = ''
    },
    take() {
      const taken = messages
      messages = []
      return taken
    },
    failure: () => failure,
  }
}

function tryToParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The JSON continues in the next line, or is incomplete.
    return undefined
  }
}

function tooLarge(maxEventBytes: number): ChatError {
  const message = `A body of JSON is larger than ${maxEventBytes} characters (maxEventBytes)`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
