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
  // Small, so that V8 inlines it, because it runs for every token.
  function add(event: ChatEvent): void {
    if (event.type !== 'token') return addOther(fold, event)
    fold.answer += event.delta
    if (++fold.tokens % TOKENS_PER_FLATTENING === 0) fold.answer = flatten(fold.answer)
  }

  function result(): PartialChatResult {
    const { rest, answer, sources, citations, warnings } = fold
    // In one piece, because JSON.stringify takes ten times as long for an object with a text in pieces.
    return {
      ...rest,
      answer: flatten(answer),
      sources: [...sources],
      citations: [...citations],
      warnings: [...warnings],
    }
  }

  // Fields, not getters: V8 stores an object with getters as a slow dictionary.
  const fold: GrowingResult = {
    answer: '',
    add,
    result,
    rest: {},
    sources: [],
    citations: [],
    warnings: [],
    tokens: 0,
    positions: undefined,
  }
  return fold
}

/** A fold with its state. The functions below share it: every open stream has a fold, and closures of each cost more. */
interface GrowingResult extends ResultFold {
  answer: string
  rest: Omit<PartialChatResult, 'answer' | 'sources' | 'citations' | 'warnings'>
  sources: Source[]
  citations: CheckedCitation[]
  warnings: Warning[]
  tokens: number
  /** Positions in `citations` by citation index. A valid stream has one citation per index. */
  positions: Map<number, number[]> | undefined
}

function addOther(fold: GrowingResult, event: Exclude<ChatEvent, TokenEvent>): void {
  switch (event.type) {
    case 'source':
      fold.sources.push(event.source)
      return
    case 'citation':
      addCitation(fold, event.citation)
      return
    case 'support':
      addSupport(fold, event)
      return
    case 'query':
      addQuery(fold, event)
      return
    case 'warning':
      fold.warnings.push({ code: event.code, message: event.message })
      return
    case 'done':
    case 'error':
      replace(fold, resultOf(event))
      return
    case 'start':
    case 'status':
      return
    default:
      event satisfies never
  }
}

function addCitation(fold: GrowingResult, citation: CheckedCitation): void {
  fold.positions ??= new Map()
  const known = fold.positions.get(citation.index)
  if (known) known.push(fold.citations.length)
  else fold.positions.set(citation.index, [fold.citations.length])
  fold.citations.push(citation)
}

function addSupport({ positions, citations }: GrowingResult, event: SupportEvent): void {
  for (const position of positions?.get(event.index) ?? []) {
    const citation = citations[position]
    if (citation) citations[position] = withSupport(citation, event)
  }
}

function addQuery(fold: GrowingResult, { question, query, condensed }: Query): void {
  fold.rest = { ...fold.rest, query: { question, query, condensed } }
}

function replace(fold: GrowingResult, result: PartialChatResult): void {
  ;({ answer: fold.answer, ...fold.rest } = result)
  fold.sources = [...result.sources]
  fold.warnings = [...result.warnings]
  fold.citations = []
  fold.positions = undefined
  for (const citation of result.citations) addCitation(fold, citation)
}

/**
 * Returns the same text in one piece. V8 stores a text that grows by `+=` as a tree of all its pieces, which takes four
 * times the memory.
 */
export function flatten(text: string): string {
  // A regular expression needs the text in one piece. V8 leaves out simpler calls, whose result it knows.
  return NOTHING.test(text) ? '' : text
}

const NOTHING = /(?!)/y
