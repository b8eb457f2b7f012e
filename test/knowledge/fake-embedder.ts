import type { Embedder, EmbedOptions } from '../../src/index.ts'
import { hashedNgramEmbedder } from '../../src/knowledge.ts'

/** An embedder whose answers a test changes, and that remembers its calls. */
export interface FakeEmbedder extends Embedder {
  /** The texts of each call. */
  readonly calls: (readonly string[])[]
}

/** Creates an embedder. `answer` returns the vectors of a call, given the right ones. */
export function fakeEmbedder(
  answer: (texts: readonly string[], vectors: readonly Float32Array[], options: EmbedOptions) => unknown = (
    _,
    vectors,
  ) => vectors,
  id = 'fake',
): FakeEmbedder {
  const hashed = hashedNgramEmbedder({ dimensions: 64 })
  const calls: (readonly string[])[] = []
  return {
    id,
    calls,
    async embed(texts, options) {
      calls.push(texts)
      // A fake may break the types, as an embedder in JavaScript may.
      return (await answer(texts, await hashed.embed(texts, options), options)) as readonly Float32Array[]
    },
  }
}
