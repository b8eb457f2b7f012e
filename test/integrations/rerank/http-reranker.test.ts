import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { httpReranker, type HttpRerankerOptions } from '../../../src/knowledge.ts'

const { signal } = new AbortController()
const CHUNKS = ['one', 'two', 'three'].map((word) => ({
  chunk: { chunkId: word, documentId: 'd', text: word, title: 'Title', section: ['Section'] },
  score: 0.5,
}))

/** A server that answers each request with a status and a body, and keeps the requests. */
async function openServer(answer: (body: Record<string, unknown>) => readonly [number, unknown]) {
  const requests: { readonly headers: unknown; readonly body: Record<string, unknown> }[] = []
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(await text(request)) as Record<string, unknown>
    requests.push({ headers: request.headers, body })
    const [status, payload] = answer(body)
    response.writeHead(status).end(typeof payload === 'string' ? payload : JSON.stringify(payload))
  }
  const server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/rerank`
  const rerank = async (options: Partial<HttpRerankerOptions> = {}) => {
    const found = await httpReranker({ url, ...options }).rerank('which?', CHUNKS, { topN: 2, signal })
    return found.map(({ chunk, score }) => [chunk.chunkId, score])
  }
  return {
    requests,
    rerank,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const RESULTS = [
  { index: 2, relevance_score: 0.9 },
  { index: 0, relevance_score: 0.1 },
]

describe('httpReranker', () => {
  it('sends the texts with their titles, and orders the chunks by the scores of the endpoint', async () => {
    await using server = await openServer(() => [200, { results: RESULTS }])
    const ranked = await server.rerank({ model: 'm', headers: { authorization: 'Bearer k' } })
    expect(ranked).toEqual([
      ['three', 0.9],
      ['one', 0.1],
    ])
    expect(server.requests[0]?.body).toEqual({
      model: 'm',
      query: 'which?',
      documents: ['Title\nSection\none', 'Title\nSection\ntwo', 'Title\nSection\nthree'],
      top_n: 2,
      return_documents: false,
    })
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer k' })
  })

  it('speaks the form of TEI: texts, and a bare list of scores in any order', async () => {
    await using server = await openServer(() => [
      200,
      [
        { index: 1, score: 0.2 },
        { index: 0, score: 0.7 },
      ],
    ])
    expect(await server.rerank({ textsField: 'texts' })).toEqual([
      ['one', 0.7],
      ['two', 0.2],
    ])
    expect(Object.keys(server.requests[0]?.body ?? {})).toEqual(['query', 'texts'])
  })

  it('sends no request for an empty list', async () => {
    await using server = await openServer(() => [200, { results: [] }])
    expect(await httpReranker({ url: 'http://127.0.0.1:1/' }).rerank('q', [], { topN: 1, signal })).toEqual([])
    expect(server.requests).toEqual([])
  })

  it.each<readonly [string, number, unknown, RegExp]>([
    ['a status', 429, { message: 'slow' }, /status 429/u],
    ['no JSON', 200, '<html>', /other than JSON/u],
    ['no results', 200, { error: 'x' }, /without a list/u],
    ['an index that is not there', 200, { results: [{ index: 3, relevance_score: 1 }] }, /text 3 of 3/u],
    ['an index twice', 200, { results: [RESULTS[0], RESULTS[0]] }, /twice/u],
    ['a score that is no number', 200, { results: [{ index: 0, relevance_score: '1' }] }, /no score/u],
  ])('fails as retrieval-failed when it gets %s', async (_, status, payload, message) => {
    await using server = await openServer(() => [status, payload])
    await expect(server.rerank()).rejects.toMatchObject({
      code: 'retrieval-failed',
      message: expect.stringMatching(message),
    })
  })

  it('rejects with the reason of an abort', async () => {
    const reason = new Error('stop')
    const reranker = httpReranker({ url: 'http://127.0.0.1:1/' })
    await expect(reranker.rerank('q', CHUNKS, { topN: 1, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it.each([
    [{ url: 'rerank' }, 'url'],
    [{ url: 'http://a/', textsField: 'docs' }, 'textsField'],
    [{ url: 'http://a/', apiKey: 'k' }, 'apiKey'],
  ])('rejects %j', (options, field) => {
    expect(() => httpReranker(options as never)).toThrow(expect.objectContaining({ code: 'invalid-input', field }))
  })
})
