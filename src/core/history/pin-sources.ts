import { findMarkers } from '../marker-syntax.ts'
import type { Source } from '../sources.ts'
import type { HistoryTurn } from './conversation.ts'

/** A question whose references to earlier sources are resolved. */
export interface ResolvedQuestion {
  /** The question with titles in the place of numbers, so that it can be searched for. */
  readonly question: string
  /** The sources that it names: they belong into this turn's retrieval. */
  readonly pinned: readonly Source[]
}

/**
 * Resolves "Tell me more about [2]": the number is that of the latest answer that had sources. A number that it did not
 * have stays as it is.
 */
export function pinSources(question: string, turns: readonly HistoryTurn[]): ResolvedQuestion {
  const sources = turns.findLast((turn) => turn.sources.length > 0)?.sources ?? []
  const pinned = new Set<Source>()
  const resolved = findMarkers(question).reduceRight((text, { start, end, numbers }) => {
    const named = numbers.flatMap((number) => sources.find((source) => source.number === number) ?? [])
    if (named.length === 0) return text
    for (const source of named) pinned.add(source)
    return text.slice(0, start) + named.map(({ title }) => title).join(', ') + text.slice(end)
  }, question)
  return { question: resolved, pinned: [...pinned].toSorted((a, b) => a.number - b.number) }
}
