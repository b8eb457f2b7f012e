import { BaseEmbedding } from 'llamaindex'

/** Hashes words into a vector, so that the examples need no key and no network. Use a real embedding model instead. */
export class HashedEmbedding extends BaseEmbedding {
  // The constructor of the base class is protected.
  constructor() {
    super()
  }

  async getTextEmbedding(text: string): Promise<number[]> {
    const vector = Array.from({ length: 256 }, () => 0)
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      const place = [...word].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % vector.length, 7)
      vector[place] = (vector[place] ?? 0) + 1
    }
    return vector
  }
}
