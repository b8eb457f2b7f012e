import { SSE_HEADERS } from '../../encoders/headers.ts'
import type { Encoding } from '../encoding.ts'
import { createEncoder, type EncoderOptions } from './encode.ts'

/** Returns the form of the stream of one response. */
export function responseEncoding(options: EncoderOptions): Encoding {
  return {
    name: 'openai-responses',
    mediaType: 'text/event-stream',
    headers: SSE_HEADERS,
    opening: ': ragwire\n\n',
    keepAlive: ':\n\n',
    breaksOnError: false,
    open: () => createEncoder(options),
  }
}
