import type { DialectEncoder } from '../encoding.ts'
import { isTerminalEvent } from '../../core/vocabulary/events.ts'
import { createChunkEncoder } from './create-chunk-encoder.ts'
import type { RagwireUIMessageChunk } from './ui-message.ts'

/** Creates the encoder of one stream as server-sent events. */
export function createEncoder(): DialectEncoder {
  const toChunks = createChunkEncoder()
  return (event) => {
    const text = toChunks(event).map(encodeChunk).join('')
    return isTerminalEvent(event) ? text + END : text
  }
}

const END = 'data: [DONE]\n\n'

function encodeChunk(chunk: RagwireUIMessageChunk): string {
  // The other keys are the same for every piece of the text.
  if (chunk.type === 'text-delta') return `${BEFORE_DELTA}${JSON.stringify(chunk.delta)}}\n\n`
  return `data: ${JSON.stringify(chunk)}\n\n`
}

const BEFORE_DELTA = 'data: {"type":"text-delta","id":"text","delta":'
