import type { Emit } from '../async/handoff.ts'
import type { ResolvedChatOptions } from '../resolve-options.ts'
import { toSource, withinBudget } from '../retrieval/number-sources.ts'
import type { RetrievedChunk } from '../retrieval/retriever.ts'
import { splitChunk } from '../retrieval/split-chunk.ts'
import type { Source } from '../sources.ts'
import { warning } from '../warnings.ts'
import type { TurnOutput } from './record.ts'
import type { Stream } from './stream.ts'

/** Shows the reader what the answer may cite: pieces of a size that a citation can point at, numbered across documents. */
export async function emitSources(
  evidence: readonly RetrievedChunk[],
  options: ResolvedChatOptions,
  { emit }: Stream,
): Promise<readonly Source[]> {
  const { citationChunk, countTokens } = options
  const pieces = evidence.slice(0, options.topN).flatMap((found) => {
    return splitChunk(found.chunk, { ...citationChunk, countTokens }).map((chunk) => ({ ...found, chunk }))
  })
  const { kept, trimmed } = withinBudget(pieces, options)
  if (trimmed) await emit(warning('context-trimmed'))
  const writer = createSourceWriter(options, emit)
  for (const found of kept) await writer.write(found)
  return writer.sources
}

/** Numbers sources in the order in which they come, and keeps their ids apart. */
export function createSourceWriter(options: ResolvedChatOptions, emit: Emit<TurnOutput>) {
  const sources: Source[] = []
  const ids = new Set<string>()
  return {
    /** What was written so far. */
    sources,
    async write(found: RetrievedChunk): Promise<void> {
      const source = withOwnId(toSource(found, sources.length + 1, options), ids)
      if (found.chunk.url !== undefined && source.url === undefined) await emit(warning('source-url-dropped'))
      sources.push(source)
      await emit({ type: 'source', source })
    },
  }
}

// An engine may report a document piece by piece under its id alone, and two ids may read the same when joined.
function withOwnId(source: Source, ids: Set<string>): Source {
  const sourceId = ids.has(source.sourceId) ? `${source.sourceId}#${source.number}` : source.sourceId
  ids.add(sourceId)
  return { ...source, sourceId }
}
