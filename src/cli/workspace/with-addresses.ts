import type { Chunk, Retriever } from '../../index.ts'

/** Replaces the addresses of the chunks of a retriever: in the index they are paths without a host. */
export function withAddresses(
  retriever: Retriever,
  addressOf: (chunk: Pick<Chunk, 'documentId' | 'url'>) => string | undefined,
): Retriever {
  return {
    ...retriever,
    async retrieve(query, options) {
      const found = await retriever.retrieve(query, options)
      return found.map(({ chunk, ...rest }) => ({ ...rest, chunk: { ...chunk, url: addressOf(chunk) } }))
    },
  }
}
