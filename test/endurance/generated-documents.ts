import type { KnowledgeDocument } from 'ragwire/knowledge'

/** Number of documents that a round may have. */
export const DOCUMENTS = 90

/** The first round. Versions are the numbers of rounds and not negative. */
export const FIRST_ROUND = 2

/** Number of paragraphs of a document. Each becomes a chunk. */
export const PARAGRAPHS = 12

const FILLER = 'reservoirs feed canals that carry water through the valley while the keepers note each level '

/**
 * Returns the documents of a round. In every round, some are new, some have another content, some are absent, and the
 * others are the same as before.
 */
export function documentsOf(round: number): readonly KnowledgeDocument[] {
  return Array.from({ length: DOCUMENTS }, (_, index) => index).flatMap((index) => {
    const version = versionOf(index, round)
    return version === undefined ? [] : [{ documentId: documentIdOf(index), content: contentOf(index, version) }]
  })
}

/** Returns the id of a document. */
export function documentIdOf(index: number): string {
  return `document-${index}.md`
}

/** Returns the version of a document in a round: the round of its last change; `undefined` if it is absent. */
export function versionOf(index: number, round: number): number | undefined {
  // A document lives for six rounds of seven, and changes in every third one.
  if ((index + round) % 7 === 6) return undefined
  return round - ((index + round) % 3)
}

/** Returns the content of a version. Each paragraph has words that no other document, version or paragraph has. */
export function contentOf(index: number, version: number): string {
  return Array.from({ length: PARAGRAPHS }, (_, part) => `${wordOf(index, version, part)} ${FILLER.repeat(2)}`).join(
    '\n\n',
  )
}

/** Returns the word of one paragraph. */
export function wordOf(index: number, version: number, part: number): string {
  return `word${index}v${version}p${part}`
}
