import type { Retriever } from '../../index.ts'

/** Gives the chunks of a retriever the addresses of their documents, instead of the paths in the index. */
export function withAddresses(retriever: Retriever, addressOf: (documentId: string) => string | undefined): Retriever {
  return {
    ...retriever,
    async retrieve(query, options) {
      const found = await retriever.retrieve(query, options)
      return found.map(({ chunk, ...rest }) => ({ ...rest, chunk: { ...chunk, url: addressOf(chunk.documentId) } }))
    },
  }
}
