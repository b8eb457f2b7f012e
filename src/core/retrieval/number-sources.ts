import { cleanTitle } from '../hidden-characters.ts'
import type { Source } from '../sources.ts'
import type { Chunk, RetrievedChunk } from './retriever.ts'

/** How much of the retrieved text the prompt can hold. */
export interface ContextBudget {
  readonly contextTokens: number
  readonly countTokens: (text: string) => number
}

/** What of a chunk may reach the reader. */
export interface SourcePolicy {
  readonly sourceMetadata: readonly string[]
  readonly sourceUrlSchemes: readonly string[]
}

/** The chunks that the prompt gets: they are cut off by rank where the budget ends. The best one stays. */
export function withinBudget(
  retrieved: readonly RetrievedChunk[],
  options: ContextBudget,
): { readonly kept: readonly RetrievedChunk[]; readonly trimmed: boolean } {
  let left = options.contextTokens
  const overBudget = retrieved.findIndex(({ chunk }, index) => {
    left -= options.countTokens(chunk.text)
    return left < 0 && index > 0
  })
  if (overBudget === -1) return { kept: retrieved, trimmed: false }
  return { kept: retrieved.slice(0, overBudget), trimmed: true }
}

/** Makes the source that the reader is shown under `number`. Nothing of the chunk passes but what is named here. */
export function toSource(retrieved: RetrievedChunk, number: number, policy: SourcePolicy): Source {
  const { chunk, score } = retrieved
  const url = allowedUrl(chunk.url, policy.sourceUrlSchemes)
  return {
    number,
    sourceId: `${chunk.documentId}#${chunk.chunkId}`,
    documentId: chunk.documentId,
    chunkId: chunk.chunkId,
    title: cleanTitle(chunk.title ?? chunk.documentId),
    ...(url !== undefined && { url }),
    text: chunk.text,
    // A similarity to an empty vector is no number, and JSON has no word for that.
    ...(score !== undefined && Number.isFinite(score) && { score }),
    ...(chunk.location && { location: toLocation(chunk.location) }),
    metadata: allowedMetadata(chunk.metadata, policy.sourceMetadata),
  }
}

function allowedUrl(url: string | undefined, schemes: readonly string[]): string | undefined {
  const parsed = url === undefined ? null : URL.parse(url)
  // An address with a password in it is for the crawler that had it, and not for a reader.
  const allowed = parsed && schemes.includes(parsed.protocol) && `${parsed.username}${parsed.password}` === ''
  // The parsed form, because a browser reads past characters that a comparison of the text would trip over.
  return allowed ? parsed.href : undefined
}

// JSON has no other numbers: one that is kept as null could not be read back.
function toLocation(location: NonNullable<Chunk['location']>): NonNullable<Source['location']> {
  return Object.fromEntries(
    (['page', 'start', 'end'] as const).flatMap((key) =>
      Number.isFinite(location[key]) ? [[key, location[key]]] : [],
    ),
  )
}

function allowedMetadata(metadata: Chunk['metadata'], allowed: readonly string[]): Source['metadata'] {
  const entries = allowed
    .filter((key) => metadata !== undefined && Object.hasOwn(metadata, key) && key !== '__proto__')
    .map((key) => [key, toJson(metadata?.[key])] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

// What JSON cannot carry is left out here, where one value is lost, and not in the encoder, where the answer would be.
function toJson(value: unknown): unknown {
  try {
    const json: unknown = JSON.stringify(value)
    return typeof json === 'string' ? JSON.parse(json) : undefined
  } catch {
    return undefined
  }
}
