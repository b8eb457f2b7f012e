import type { ChunkDecoder } from './chunk-decoder.ts'
import type { ChunkMessage } from './openai-chunk.ts'

/** Creates a decoder for chunks that the client has parsed. */
export function createChunksDecoder(): ChunkDecoder<unknown> {
  let messages: ChunkMessage[] = []
  return {
    feed(data) {
      messages = [{ data }]
    },
    complete() {},
    take() {
      const taken = messages
      messages = []
      return taken
    },
    failure: undefined,
    start: undefined,
    isPage: false,
  }
}
