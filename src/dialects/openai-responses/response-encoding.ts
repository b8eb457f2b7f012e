import type { Encoding } from '../encoding.ts'
import { SSE_ENCODING } from '../sse-encoding.ts'
import { createEncoder, type EncoderOptions } from './encode.ts'

/** Returns the form of the stream of one response. */
export function responseEncoding(options: EncoderOptions): Encoding {
  return { ...SSE_ENCODING, name: 'openai-responses', open: () => createEncoder(options) }
}
