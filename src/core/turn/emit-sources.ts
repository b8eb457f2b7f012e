import type { Emit } from '../async/handoff.ts'
import type { ResolvedSourceOptions } from '../options/resolved-options.ts'
import { toSource, withinBudget } from '../retrieval/number-sources.ts'
import type { Surroundings } from '../vocabulary/prompt.ts'
import type { RetrievedChunk } from '../vocabulary/retriever.ts'
import { splitChunk } from '../retrieval/split-chunk.ts'
import type { Source } from '../vocabulary/sources.ts'
import { warning } from '../vocabulary/warnings.ts'
import type { TurnOutput } from './turn-output.ts'
import type { Turn } from './turn.ts'

/** The sources of a turn. */
export interface EmittedSources {
  /** The numbered sources. */
  readonly sources: readonly Source[]
  /** The text around them that only the model reads, by their numbers. Absent if there is none. */
  readonly surroundings?: ReadonlyMap<number, Surroundings>
}

/** Emits the sources. They are pieces of chunks, small enough for a citation and numbered over all documents. */
export async function emitSources(
  evidence: readonly RetrievedChunk[],
  { emit }: Turn,
  options: ResolvedSourceOptions,
): Promise<EmittedSources> {
  const pieces = evidence.flatMap((found) => piecesOf(found, options))
  const { kept, trimmed } = withinBudget(pieces, options)
  if (trimmed) await emit(warning('context-trimmed'))
  const sources: Source[] = []
  const toNext = createNumbering(options)
  const surroundings = new Map<number, Surroundings>()
  for (const found of kept) {
    const next = toNext(found)
    const { before, after } = found.chunk
    if (before !== undefined || after !== undefined) surroundings.set(next.source.number, { before, after })
    if (next.hasLostUrl) await emit(warning('source-url-dropped'))
    sources.push(next.source)
    await emit({ type: 'source', source: next.source })
  }
  return { sources, ...(surroundings.size > 0 && { surroundings }) }
}

/** Collects the sources of an engine. */
export interface EngineSources {
  /** The sources that were emitted so far. */
  readonly sources: readonly Source[]
  /** Emits a source that the engine reports. */
  write(found: RetrievedChunk): Promise<void>
}

/**
 * Maximum of JSON characters of all sources of an engine. Nothing else limits them, and the last event has them all.
 * Further sources are left out with a warning.
 */
const MAX_ENGINE_SOURCES_CHARS = 4 * 2 ** 20

/** Cuts the sources of an engine like those of a retriever, and numbers them in the order of their arrival. */
export function createEngineSources(emit: Emit<TurnOutput>, options: ResolvedSourceOptions): EngineSources {
  const sources: Source[] = []
  const toNext = createNumbering(options)
  let left = MAX_ENGINE_SOURCES_CHARS

  async function leaveOut(): Promise<void> {
    if (left > 0) await emit(warning('context-trimmed'))
    left = 0
  }

  return {
    sources,
    async write(found) {
      for (const piece of piecesOf(found, options)) {
        if (left <= 0) return
        const next = toNext(piece)
        // One more for the comma.
        const chars = JSON.stringify(next.source).length + 1
        if (chars > left) return leaveOut()
        left -= chars
        if (next.hasLostUrl) await emit(warning('source-url-dropped'))
        sources.push(next.source)
        await emit({ type: 'source', source: next.source })
      }
    },
  }
}

function piecesOf(found: RetrievedChunk, { citationChunk, countTokens }: ResolvedSourceOptions): RetrievedChunk[] {
  const pieces = splitChunk(found.chunk, { ...citationChunk, countTokens })
  return pieces[0] === found.chunk ? [found] : pieces.map((chunk) => ({ ...found, chunk }))
}

interface NumberedSource {
  /** The source as the reader gets it. */
  readonly source: Source
  /** True if the chunk has a URL that is not allowed. */
  readonly hasLostUrl: boolean
}

/** Numbers sources in their order, and makes their ids unique. */
function createNumbering(options: ResolvedSourceOptions): (found: RetrievedChunk) => NumberedSource {
  const ids = new Set<string>()
  let last = 0
  return (found) => {
    last += 1
    const source = withOwnId(toSource(found, last, options), ids)
    return { source, hasLostUrl: found.chunk.url !== undefined && source.url === undefined }
  }
}

// An engine may report several pieces of a document with the same ids, and different ids may be equal when joined.
function withOwnId(source: Source, ids: Set<string>): Source {
  const isTaken = ids.has(source.sourceId)
  const own = isTaken ? { ...source, sourceId: `${source.sourceId}#${source.number}` } : source
  ids.add(own.sourceId)
  return own
}
