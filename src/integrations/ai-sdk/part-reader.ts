import { isRecord } from '../../core/options/plain-object.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatModelEvent } from '../../core/vocabulary/chat-model.ts'
import { fromReportedError } from './ai-sdk-error.ts'
import { readFinish } from './read-finish.ts'

/** Reads the parts of one answer. */
export interface PartReader {
  /**
   * Returns the event of a part, or `undefined` if it has none.
   *
   * @throws ChatError for an error part, an end that is a failure, and a part that cannot be read
   */
  read(part: unknown): ChatModelEvent | undefined
  /** True once a part shows that the model has answered. */
  readonly arrived: boolean
}

const REASONING: ChatModelEvent = Object.freeze({ type: 'reasoning' })

// They do not show that the model works: the provider makes the first two itself, and a ping is a keep-alive.
const SILENT: ReadonlySet<unknown> = new Set(['stream-start', 'raw', 'ping'])

/** Starts an answer. Parts of an unknown type are ignored, so that later versions of the AI SDK may add some. */
export function createPartReader(): PartReader {
  let arrived = false

  function read(part: unknown): ChatModelEvent | undefined {
    if (!isRecord(part)) throw badPart(part)
    const { type } = part
    if (type === 'error') throw fromReportedError(part['error'], { arrived })
    if (type === 'finish') return readFinish(part)
    arrived ||= !SILENT.has(type)
    if (type === 'text-delta') return toText(part)
    return typeof type === 'string' && /^(?:reasoning|tool)-/u.test(type) ? REASONING : undefined
  }

  return {
    read,
    get arrived() {
      return arrived
    },
  }
}

function toText(part: Readonly<Record<string, unknown>>): ChatModelEvent {
  const { delta } = part
  if (typeof delta !== 'string') throw badPart(part)
  return delta === '' ? REASONING : { type: 'text', delta }
}

function badPart(cause: unknown): ChatError {
  return new ChatError('The model sent a part that cannot be read', { code: 'upstream-bad-response', cause })
}
