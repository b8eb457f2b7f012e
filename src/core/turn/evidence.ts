import { untilAborted } from '../async/abortable.ts'
import { ChatError, toChatError } from '../vocabulary/chat-error.ts'
import type { ResolvedChatOptions } from './resolve-options.ts'
import { bestScore, hasEvidence, noEvidenceSentence } from '../retrieval/evidence-gate.ts'
import { chunkKey, fuse } from '../retrieval/fuse.ts'
import { rerank, retrieve } from '../retrieval/retrieve.ts'
import type { RetrievedChunk } from '../vocabulary/retriever.ts'
import type { Source } from '../vocabulary/sources.ts'
import { warning } from '../vocabulary/warnings.ts'
import type { Search } from './condense.ts'
import type { Ending } from './record.ts'
import type { Stream } from './stream.ts'

/** Finds what the answer may be built on, the best first; nothing at all when it is not enough to answer. */
export async function findEvidence(
  search: Search,
  options: ResolvedChatOptions,
  stream: Stream,
): Promise<readonly RetrievedChunk[] | undefined> {
  const { emit, record } = stream
  await emit({ type: 'status', phase: 'retrieving' })
  const retrieved = await searchAll(search, options, stream)
  record.mark('retrieved')
  if (!retrieved) return search.pinned.map(toRetrieved)
  record.stage({ stage: 'retrieved', query: search.query, chunks: retrieved })

  const pinned = search.pinned.length > 0
  const { minScore } = options
  const passed = pinned || options.onNoEvidence === 'answer' || hasEvidence(retrieved, minScore)
  record.stage({ stage: 'gated', best: bestScore(retrieved), minScore, passed })
  if (!passed) return undefined
  return withPinned(await rerankAll(search.query, retrieved, options, stream), search.pinned)
}

/** What all queries found; nothing at all when the retriever failed and the run may go on without it. */
async function searchAll(
  { query, also = [] }: Search,
  options: ResolvedChatOptions,
  { emit, record, signal }: Stream,
): Promise<readonly RetrievedChunk[] | undefined> {
  const { answerSource } = options
  if (answerSource.kind !== 'model') return undefined
  const { retriever } = answerSource
  try {
    const queries = [{ query, weight: 1 }, ...also]
    const findings = await Promise.all(
      queries.map(async ({ query, weight }) => {
        return { weight, retrieved: await retrieve(retriever, query, { ...options, signal }) }
      }),
    )
    const [only, ...others] = findings
    return only && others.length === 0 ? only.retrieved : fuse(findings).slice(0, options.topK)
  } catch (thrown) {
    if (options.onRetrievalError === 'fail' || signal.aborted) throw thrown
    record.report(toChatError(thrown))
    await emit(warning('retrieval-degraded'))
    return undefined
  }
}

/** The chunks in the order of the reranker; in their own when it failed and the run may go on without it. */
async function rerankAll(
  query: string,
  retrieved: readonly RetrievedChunk[],
  options: ResolvedChatOptions,
  { emit, record, signal }: Stream,
): Promise<readonly RetrievedChunk[]> {
  const { reranker } = options
  if (!reranker || retrieved.length === 0) return retrieved
  await emit({ type: 'status', phase: 'reranking' })
  try {
    const reranked = await rerank(reranker, { query, retrieved }, { ...options, signal })
    record.mark('reranked')
    record.stage({ stage: 'reranked', chunks: reranked })
    return reranked
  } catch (thrown) {
    if (options.onRetrievalError === 'fail' || signal.aborted) throw thrown
    record.report(toChatError(thrown))
    await emit(warning('retrieval-degraded'))
    return retrieved
  }
}

/** The sources that the question names come first; where the retriever found their chunk, that is what is taken. */
function withPinned(retrieved: readonly RetrievedChunk[], pinned: readonly Source[]): readonly RetrievedChunk[] {
  const named = new Map(pinned.map((source) => [chunkKey(toRetrieved(source)), toRetrieved(source)]))
  const found = retrieved.filter((chunk) => named.has(chunkKey(chunk)))
  for (const chunk of found) named.set(chunkKey(chunk), chunk)
  return [...named.values(), ...retrieved.filter((chunk) => !named.has(chunkKey(chunk)))]
}

function toRetrieved({ number: _number, sourceId: _sourceId, score, ...chunk }: Source): RetrievedChunk {
  return { chunk, ...(score !== undefined && { score }) }
}

/** Ends a run for which not enough was found, without asking the model. */
export async function refuse({ onNoEvidence, question }: ResolvedChatOptions, stream: Stream): Promise<Ending> {
  const { record, emit, signal } = stream
  const sentence = async () =>
    typeof onNoEvidence === 'function' ? onNoEvidence(question) : noEvidenceSentence(question)
  const delta: unknown = await untilAborted(sentence(), signal)
  if (typeof delta !== 'string') {
    throw new ChatError(`onNoEvidence gave ${typeof delta}: it must give a string`, { code: 'internal' })
  }
  record.mark('firstToken')
  await emit({ type: 'token', delta, at: 0 })
  return { finishReason: 'no-evidence' }
}
