import { untilAborted } from '../async/abortable.ts'
import { ChatError, toChatError } from '../vocabulary/chat-error.ts'
import type { ResolvedRetrievalOptions } from '../options/resolved-options.ts'
import { bestScore, hasEvidence } from '../retrieval/evidence-gate.ts'
import { chunkKey, fuse } from '../retrieval/fuse.ts'
import { rerank, retrieve } from '../retrieval/retrieve.ts'
import { inLanguageOf, NO_EVIDENCE } from '../text/fixed-sentences.ts'
import type { RetrievedChunk } from '../vocabulary/retriever.ts'
import type { Source } from '../vocabulary/sources.ts'
import { warning } from '../vocabulary/warnings.ts'
import type { Search } from './make-query.ts'
import { say } from './say.ts'
import type { Ending } from './turn-output.ts'
import type { Turn } from './turn.ts'

/** Finds the chunks for the answer, the best first; `undefined` if they are not enough to answer. */
export async function findEvidence(
  search: Search,
  turn: Turn,
  options: ResolvedRetrievalOptions,
): Promise<readonly RetrievedChunk[] | undefined> {
  const { emit, tracker } = turn
  const { minScore, onNoEvidence, topN } = options
  await emit({ type: 'status', phase: 'retrieving' })
  const found = await searchAll(search, turn, options)
  tracker.markTime('retrieved')
  if (!found) return search.pinned.map(toRetrieved).slice(0, topN)
  const { retrieved, evidence } = found
  tracker.reportStage({ stage: 'retrieved', query: search.query, chunks: retrieved })

  const pinned = search.pinned.length > 0
  const passed = pinned || onNoEvidence === 'answer' || hasEvidence(evidence, minScore)
  tracker.reportStage({ stage: 'gated', best: bestScore(evidence), minScore, passed })
  if (!passed) return undefined
  const ranked = await rerankAll({ query: search.query, retrieved }, turn, options)
  return withPinned(ranked, search.pinned).slice(0, topN)
}

/** The chunks of all queries of a turn. */
interface Found {
  /** The chunks, the best first. */
  readonly retrieved: readonly RetrievedChunk[]
  /**
   * The chunks that decide if there is evidence: those of the query, and of further ones of at least its weight. The rest
   * of a conversation may be about the documents although this question is not.
   */
  readonly evidence: readonly RetrievedChunk[]
}

// A chunk far down in several lists can be the best one of their sum. With lists of 8, a third of the gain is lost.
const FUSED_DEPTH = 100

/** Finds the chunks of all queries; `undefined` if the retriever failed and the run continues without it. */
async function searchAll(
  { query, also = [] }: Search,
  turn: Turn,
  options: ResolvedRetrievalOptions,
): Promise<Found | undefined> {
  const { retriever, topK, retrieveMs } = options
  const { input, clock, signal } = turn
  const depth = also.length === 0 ? topK : Math.max(topK, FUSED_DEPTH)
  const stage = { topK: depth, retrieveMs, filter: input.filter, scope: input.scope, clock, signal }
  try {
    if (also.length === 0) {
      const retrieved = await retrieve(retriever, query, stage)
      return { retrieved, evidence: retrieved }
    }
    const queries = [{ query, weight: 1 }, ...also]
    const findings = await Promise.all(
      queries.map(async ({ query, weight }) => ({ weight, retrieved: await retrieve(retriever, query, stage) })),
    )
    const evidence = findings.filter(({ weight }) => weight >= 1).flatMap(({ retrieved }) => retrieved)
    return { retrieved: fuse(findings).slice(0, topK), evidence }
  } catch (thrown) {
    await goOnWithout(thrown, turn, options)
    return undefined
  }
}

/** Orders the chunks with the reranker; returns them unchanged if it failed and the run continues without it. */
async function rerankAll(
  found: { readonly query: string; readonly retrieved: readonly RetrievedChunk[] },
  turn: Turn,
  options: ResolvedRetrievalOptions,
): Promise<readonly RetrievedChunk[]> {
  const { reranker, topN, retrieveMs } = options
  const { emit, tracker, signal, clock } = turn
  if (!reranker || found.retrieved.length === 0) return found.retrieved
  await emit({ type: 'status', phase: 'reranking' })
  try {
    const reranked = await rerank(reranker, found, { topN, retrieveMs, clock, signal })
    tracker.markTime('reranked')
    tracker.reportStage({ stage: 'reranked', chunks: reranked })
    return reranked
  } catch (thrown) {
    await goOnWithout(thrown, turn, options)
    return found.retrieved
  }
}

/** Emits a warning if the run continues with `degrade`; else throws the error again. */
async function goOnWithout(
  thrown: unknown,
  { emit, tracker, signal }: Turn,
  { onRetrievalError }: ResolvedRetrievalOptions,
): Promise<void> {
  if (onRetrievalError === 'fail' || signal.aborted) throw thrown
  tracker.reportError(toChatError(thrown))
  await emit(warning('retrieval-degraded'))
}

/** Puts the sources that the question names first. If the retriever found the same chunk, that chunk is used. */
function withPinned(retrieved: readonly RetrievedChunk[], pinned: readonly Source[]): readonly RetrievedChunk[] {
  if (pinned.length === 0) return retrieved
  const named = new Map(pinned.map((source) => [chunkKey(toRetrieved(source)), toRetrieved(source)]))
  const found = retrieved.filter((chunk) => named.has(chunkKey(chunk)))
  for (const chunk of found) named.set(chunkKey(chunk), chunk)
  return [...named.values(), ...retrieved.filter((chunk) => !named.has(chunkKey(chunk)))]
}

function toRetrieved({ number: _number, sourceId: _sourceId, score, ...chunk }: Source): RetrievedChunk {
  return { chunk, ...(score !== undefined && { score }) }
}

/** Ends a run without enough evidence, without asking the model. */
export async function refuse(
  { query }: Search,
  turn: Turn,
  { onNoEvidence }: ResolvedRetrievalOptions,
): Promise<Ending> {
  const { question } = turn.input
  const sentence = async () =>
    // The query of a short follow-up has the words of the conversation, too.
    typeof onNoEvidence === 'function' ? onNoEvidence(question) : inLanguageOf([question, query], NO_EVIDENCE)
  const text: unknown = await untilAborted(sentence(), turn.signal)
  if (typeof text === 'string') return say(text, turn, 'no-evidence')
  throw new ChatError(`onNoEvidence returned ${typeof text}: it must return a string`, { code: 'internal' })
}
