import { cleanTitle } from '../text/hidden-characters.ts'
import { findMarkersOfQuestion } from '../text/markers/find-markers.ts'
import type { Source } from '../vocabulary/sources.ts'
import type { HistoryTurn } from '../vocabulary/history-turn.ts'

/** A question whose references to earlier sources are resolved. */
export interface ResolvedQuestion {
  /** The question with titles in the place of numbers, so that it can be searched for. */
  readonly question: string
  /** The sources that it names, which are added to the chunks of this turn. */
  readonly pinned: readonly Source[]
}

// Maximum of characters that titles add to a question, because a short `[1-50]` may name many sources.
const MAX_TITLES_CHARS = 2_000

/**
 * Resolves "Tell me more about [2]": the numbers are those of the latest answer that had sources. The title of a source
 * replaces its number at the first mention. Repeated and unknown numbers stay unchanged.
 */
export function pinSources(question: string, turns: readonly HistoryTurn[]): ResolvedQuestion {
  const latest = turns.findLast((turn) => turn.sources.length > 0)?.sources ?? []
  if (latest.length === 0) return { question, pinned: [] }
  const sources = new Map(latest.map((source) => [source.number, source]))
  const pinned = new Set<Source>()
  const parts: string[] = []
  let at = 0
  let room = MAX_TITLES_CHARS
  for (const { start, end, numbers } of findMarkersOfQuestion(question)) {
    const named = numbers.flatMap((number) => sources.get(number) ?? []).filter((source) => !pinned.has(source))
    if (named.length === 0) continue
    for (const source of named) pinned.add(source)
    const titles = named.flatMap(({ title }) => {
      const clean = room > 0 ? cleanTitle(title) : ''
      room -= clean.length
      return room < 0 || clean === '' ? [] : [clean]
    })
    if (titles.length === 0) continue
    parts.push(question.slice(at, start), titles.join(', '))
    at = end
  }
  const resolved = parts.join('') + question.slice(at)
  return { question: resolved, pinned: [...pinned].toSorted((a, b) => a.number - b.number) }
}
