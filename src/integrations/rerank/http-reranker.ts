import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { isRecord } from '../../core/options/plain-object.ts'
import { expectFunction, expectObject, expectOneOf, expectString } from '../../core/options/validate.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { Reranker } from '../../core/vocabulary/reranker.ts'
import type { RetrievedChunk } from '../../core/vocabulary/retriever.ts'

/** The options of {@link httpReranker}. */
export interface HttpRerankerOptions {
  /** Full address of the endpoint, such as `https://api.jina.ai/v1/rerank`. */
  readonly url: string
  /** Name of the model. Some servers have only one and need none. */
  readonly model?: string | undefined
  /** Headers of every request, such as `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Name of the field with the texts: Cohere, Jina and vLLM read `documents`, TEI reads `texts`. @defaultValue `documents` */
  readonly textsField?: 'documents' | 'texts' | undefined
  /** Sends the requests. @defaultValue the global `fetch` */
  readonly fetch?: typeof fetch | undefined
}

const OPTIONS: OptionNames<HttpRerankerOptions> = {
  url: true,
  model: true,
  headers: true,
  textsField: true,
  fetch: true,
}

/**
 * Creates a {@link Reranker} over the `/rerank` endpoint that Cohere, Jina, vLLM, TEI and others have in common. The
 * score of a chunk becomes that of the endpoint. The time limit is the `retrieveMs` of the chat.
 *
 * @example
 * ```ts
 * import { httpReranker } from 'ragwire/knowledge'
 * const reranker = httpReranker({
 *   url: 'https://api.jina.ai/v1/rerank',
 *   model: 'jina-reranker-v2-base-multilingual',
 *   headers: { authorization: `Bearer ${process.env['JINA_API_KEY']}` },
 * })
 * ```
 */
export function httpReranker(options: HttpRerankerOptions): Reranker {
  expectOptions(options, OPTIONS, { of: 'httpReranker' })
  const { url, headers = {} } = options
  if (typeof url !== 'string' || !URL.canParse(url))
    throw invalidInput('url', `Cannot use url ${String(url)}: it must be a full address such as https://host/v1/rerank`)
  const model = expectString('model', options.model)
  expectObject('headers', headers)
  const textsField = expectOneOf('textsField', options.textsField ?? 'documents', ['documents', 'texts'])
  const send = expectFunction('fetch', options.fetch ?? fetch)
  return {
    async rerank(query, chunks, { topN, signal }) {
      signal.throwIfAborted()
      if (chunks.length === 0) return []
      const body = JSON.stringify({
        ...(model !== undefined && { model }),
        query,
        [textsField]: chunks.map(textOf),
        ...(textsField === 'documents' && { top_n: Math.min(topN, chunks.length), return_documents: false }),
      })
      const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, signal }
      const response = await send(url, request)
      const text = await response.text()
      if (!response.ok) throw failed(`the endpoint answered with status ${response.status}`, text)
      return readOrder(text, chunks)
    },
  }
}

function textOf({ chunk }: RetrievedChunk): string {
  const { title = '', section = [], text } = chunk
  return [title, ...section, text]
    .filter((part) => part !== '')
    .join('\n')
    .toWellFormed()
}

function readOrder(text: string, chunks: readonly RetrievedChunk[]): readonly RetrievedChunk[] {
  const ranked = new Map<number, RetrievedChunk>()
  for (const { index, score } of readResults(text)) {
    const found = chunks[index]
    if (!found || ranked.has(index))
      throw failed(`the endpoint ranked text ${index} of ${chunks.length}, or twice`, text)
    ranked.set(index, { ...found, score })
  }
  return [...ranked.values()].toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))
}

interface Result {
  readonly index: number
  readonly score: number
}

function readResults(text: string): readonly Result[] {
  const answer = parse(text)
  // TEI answers with the list itself.
  const results = isRecord(answer) ? (answer['results'] ?? answer['data']) : answer
  if (!Array.isArray(results)) throw failed('the endpoint answered without a list of results', text)
  return results.map((result: unknown) => {
    const { index, relevance_score: relevance, score = relevance } = isRecord(result) ? result : {}
    if (typeof index === 'number' && typeof score === 'number' && Number.isFinite(score)) return { index, score }
    throw failed('a result has no index or no score', text)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw failed('the endpoint answered with something other than JSON', text)
  }
}

const START_OF_BODY = 2_048

function failed(reason: string, body: string): ChatError {
  const cause = new Error(body.slice(0, START_OF_BODY))
  return new ChatError(`Cannot rerank: ${reason}`, { code: 'retrieval-failed', cause })
}
