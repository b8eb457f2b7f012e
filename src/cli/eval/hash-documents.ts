import { createHash } from 'node:crypto'
import type { KnowledgeDocument } from '../../knowledge.ts'

const DIGITS = 12

/** Returns the first digits of the SHA-256 of each document. One that cannot be read has the hash `unreadable`. */
export async function hashDocuments(
  documents: readonly KnowledgeDocument[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const hashes: [id: string, hash: string][] = []
  for (const { documentId, content } of documents) {
    signal.throwIfAborted()
    hashes.push([documentId, await hashOf(content, signal)])
  }
  return Object.fromEntries(hashes)
}

async function hashOf(content: KnowledgeDocument['content'], signal: AbortSignal): Promise<string> {
  try {
    const read = typeof content === 'function' ? await content({ signal }) : content
    return createHash('sha256').update(read).digest('hex').slice(0, DIGITS)
  } catch {
    // The index has reported the reason.
    return 'unreadable'
  }
}
