import { withSupport, type CheckedCitation } from './citations.ts'
import type { ChatEvent, SupportEvent, TokenEvent } from './events.ts'
import type { Query } from './result.ts'
import type { Warning } from './warnings.ts'
import { resultOf, type PartialChatResult } from './reduce-event.ts'
import type { Source } from './sources.ts'

// Copying the text this often costs less than collecting the garbage of its tree.
const TOKENS_PER_FLATTENING = 64

/** The fold of a stream that is still growing. */
export interface ResultFold {
  /** The text so far. */
  readonly answer: string
  /** Adds the next event, in constant time; the terminal event takes the time of a copy. */
  add(event: ChatEvent): void
  /** Returns a new object each time, equal to that of {@link reduceEvent} for the events so far. */
  result(): PartialChatResult
}

/**
 * Folds a stream as it grows, in linear time. `result()` copies its lists, so call it once per rendered frame, not for
 * each event.
 *
 * @example
 * ```ts
 * import { createResultFold, type ChatEvent } from 'ragwire'
 * declare const events: readonly ChatEvent[]
 * const fold = createResultFold()
 * for (const event of events) fold.add(event)
 * console.log(fold.result())
 * ```
 */
export function createResultFold(): ResultFold {
  let rest: Omit<PartialChatResult, 'answer' | 'sources' | 'citations' | 'warnings'> = {}
  let sources: Source[] = []
  let citations: CheckedCitation[] = []
  let warnings: Warning[] = []
  let tokens = 0
  // Positions in `citations` by citation index. A valid stream has one citation per index.
  let positions = new Map<number, number[]>()

  function addCitation(citation: CheckedCitation): void {
    const known = positions.get(citation.index)
    if (known) known.push(citations.length)
    else positions.set(citation.index, [citations.length])
    citations.push(citation)
  }

  function addSupport(event: SupportEvent): void {
    for (const position of positions.get(event.index) ?? []) {
      const citation = citations[position]
      if (citation) citations[position] = withSupport(citation, event)
    }
  }

  function addQuery({ question, query, condensed }: Query): void {
    rest = { ...rest, query: { question, query, condensed } }
  }

  function replace(result: PartialChatResult): void {
    ;({ answer: fold.answer, ...rest } = result)
    sources = [...result.sources]
    warnings = [...result.warnings]
    citations = []
    positions = new Map()
    for (const citation of result.citations) addCitation(citation)
  }

  function addOther(event: Exclude<ChatEvent, TokenEvent>): void {
    switch (event.type) {
      case 'source':
        sources.push(event.source)
        return
      case 'citation':
        addCitation(event.citation)
        return
      case 'support':
        addSupport(event)
        return
      case 'query':
        addQuery(event)
        return
      case 'warning':
        warnings.push({ code: event.code, message: event.message })
        return
      case 'done':
      case 'error':
        replace(resultOf(event))
        return
      case 'start':
      case 'status':
        return
      default:
        event satisfies never
    }
  }

  // Small, so that V8 inlines it, because it runs for every token.
  function add(event: ChatEvent): void {
    if (event.type !== 'token') return addOther(event)
    fold.answer += event.delta
    if (++tokens % TOKENS_PER_FLATTENING === 0) fold.answer = flatten(fold.answer)
  }

  function result(): PartialChatResult {
    return { ...rest, answer: fold.answer, sources: [...sources], citations: [...citations], warnings: [...warnings] }
  }

  // A field, not a getter: V8 stores an object with getters as a slow dictionary.
  const fold = { answer: '', add, result }
  return fold
}

/**
 * Returns the same text in one piece. V8 stores a text that grows by `+=` as a tree of all its pieces, which takes four
 * times the memory.
 */
function flatten(text: string): string {
  // Reading a character joins the pieces. The result is used, because V8 leaves out a call whose result is not.
  return text.charCodeAt(0) >= 0 ? text : ''
}
