import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import type { RetrievedChunk, RetrieveOptions, Retriever } from '../core/vocabulary/retriever.ts'
import { passBarrier, type Barrier } from './gate.ts'
import { hang, type Hang } from './hang.ts'

/** A chunk that a fake retriever finds. A string is the text of a chunk, whose ids and score come from its position. */
export type FakeChunk = string | RetrievedChunk

/** The chunks that a fake retriever finds: always the same, or a function of each call. */
export type FakeFindings =
  | readonly FakeChunk[]
  | ((query: string, options: RetrieveOptions) => readonly FakeChunk[] | Promise<readonly FakeChunk[]>)

/** Options of {@link fakeRetriever}, in the order in which they apply. */
export interface FakeRetrieverOptions {
  /** Waits here before it finds anything. */
  readonly gate?: Barrier | undefined
  /** Hangs at this point: until its signal aborts, or forever. */
  readonly hang?: Hang | undefined
  /** Rejects with this error. */
  readonly error?: unknown
}

/** One call of a fake retriever. */
export interface FakeRetrieverCall {
  /** The query. */
  readonly query: string
  /** The options. */
  readonly options: RetrieveOptions
}

/** A {@link Retriever} that finds the given chunks and records its calls. */
export interface FakeRetriever extends Retriever {
  /** All calls so far, in order. */
  readonly calls: readonly FakeRetrieverCall[]
}

const OPTIONS: OptionNames<FakeRetrieverOptions> = { gate: true, hang: true, error: true }

/**
 * Creates a retriever that finds the given chunks in the given order, at most `topK` of them.
 *
 * @example
 * ```ts
 * import { fakeRetriever } from 'ragwire/testing'
 * const retriever = fakeRetriever(['Cats sleep 16 hours a day.', 'Dogs sleep 12.'])
 * const failing = fakeRetriever([], { error: new Error('index is down') })
 * ```
 */
export function fakeRetriever(findings: FakeFindings, options: FakeRetrieverOptions = {}): FakeRetriever {
  expectOptions(options, OPTIONS, { of: 'fakeRetriever' })
  const calls: FakeRetrieverCall[] = []
  return {
    calls,
    async retrieve(query, retrieveOptions) {
      const { signal, topK } = retrieveOptions
      calls.push({ query, options: retrieveOptions })
      if (options.gate) await passBarrier(options.gate, { signal })
      if (options.hang) await hang(options.hang, { signal })
      if (options.error !== undefined) throw options.error
      signal.throwIfAborted()
      const found = typeof findings === 'function' ? await findings(query, retrieveOptions) : findings
      return found.slice(0, topK).map(toRetrievedChunk)
    },
  }
}

function toRetrievedChunk(found: FakeChunk, index: number): RetrievedChunk {
  if (typeof found !== 'string') return found
  const place = index + 1
  const chunk = { chunkId: `chunk-${place}`, documentId: `document-${place}`, title: `Document ${place}`, text: found }
  return { chunk, score: 1 / place }
}
