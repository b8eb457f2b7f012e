import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Chunk, RetrievedChunk, Reranker, StageReport } from '../../src/index.ts'
import { splitChunk } from '../../src/core/retrieval/split-chunk.ts'
import { fakeRetriever, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { ask, doneOf, errorOf, FINISH, open, typesOf, warningsOf } from './ask.ts'

/** A chunk with the given id. */
function found(id: string, text: string, score = 0.5): RetrievedChunk {
  return { chunk: { chunkId: id, documentId: `doc-${id}`, text, location: { page: 3, start: 100 } }, score }
}

/** A document of ten sentences with ten tokens each. */
const LONG = Array.from({ length: 10 }, (_, index) => `Sentence number ${index} says nothing at all.`).join(' ')

const byLetter: Reranker = {
  rerank: async (_query, chunks) => chunks.toSorted((a, b) => b.chunk.chunkId.localeCompare(a.chunk.chunkId)),
}

describe('streamChat with a reranker', () => {
  const retriever = fakeRetriever([found('a', 'A'), found('b', LONG), found('c', 'C')])

  it('shows the chunks in the reranked order, keeps topN of them, and splits them only afterwards', async () => {
    const asked: unknown[] = []
    const reranker: Reranker = {
      rerank(query, chunks, options) {
        asked.push([query, chunks.map(({ chunk }) => chunk.text), options.topN])
        return byLetter.rerank(query, chunks, options)
      },
    }
    const events = await ask({ retriever, reranker, topN: 2, citationChunk: { tokens: 25, overlap: 0 } })
    expect(asked).toEqual([['How long do cats sleep?', ['A', LONG, 'C'], 2]])
    const ids = doneOf(events).sources.map(({ chunkId }) => chunkId)
    expect(ids[0]).toBe('c')
    expect(ids.slice(1).every((id) => id === 'b')).toBe(true)
    expect(ids.length).toBeGreaterThan(4)
    expect(events.filter(({ type }) => type === 'status')).toMatchObject([
      { phase: 'retrieving' },
      { phase: 'reranking' },
      { phase: 'generating' },
    ])
    expect(doneOf(events).timings).toHaveProperty('reranked')
  })

  it('fails as retrieval-failed when the reranker fails, or keeps the order of the retriever when onRetrievalError allows it', async () => {
    const reranker: Reranker = { rerank: () => Promise.reject(new Error('down')) }
    expect(errorOf(await ask({ retriever, reranker }))).toMatchObject({ code: 'retrieval-failed', phase: 'reranking' })
    const events = await ask({ retriever, reranker, onRetrievalError: 'degrade' })
    expect(warningsOf(events)).toEqual(['retrieval-degraded'])
    expect(doneOf(events).sources.map(({ chunkId }) => chunkId)).toEqual(['a', 'b', 'c'])
  })

  it('waits no longer than retrieveMs for the reranker', async () => {
    const clock = manualClock()
    const run = open({ clock, retrieveMs: 100, retriever, reranker: { rerank: () => new Promise(() => {}) } })
    const over = run.readOn()
    await clock.advance(100)
    expect(errorOf(await over).code).toBe('retrieval-failed')
    expect(clock.pending).toBe(0)
  })

  it('does not call the reranker when nothing was retrieved', async () => {
    const reranker: Reranker = { rerank: () => Promise.reject(new Error('asked')) }
    const events = await ask({ retriever: fakeRetriever([]), reranker, onNoEvidence: 'answer' })
    expect(doneOf(events).finishReason).toBe('stop')
  })
})

describe('streamChat with a minScore', () => {
  const weak = (minScore?: number) => ({
    ...fakeRetriever([found('a', 'A', 0.3), found('b', 'B', 0.2)]),
    ...(minScore !== undefined && { minScore }),
  })

  it.each([
    ['declared by the retriever', { retriever: weak(0.31) }],
    ['given as an option', { retriever: weak(), minScore: 0.31 }],
    ['given as an option over that of the retriever', { retriever: weak(0.1), minScore: 0.31 }],
  ])('refuses when the best score is below one %s, and does not call the model', async (_where, options) => {
    const model = scriptedChatModel(['x', FINISH])
    const events = await ask({ ...options, model })
    expect(doneOf(events)).toMatchObject({ finishReason: 'no-evidence', sources: [] })
    expect(typesOf(events)).not.toContain('source')
    expect(model.calls).toEqual([])
  })

  it.each([
    ['is reached', { retriever: weak(0.3) }],
    [
      'cannot be measured, because the retriever gives no scores',
      { retriever: fakeRetriever([{ chunk: found('a', 'A').chunk }]), minScore: 9 },
    ],
    ['is not reached and onNoEvidence is "answer"', { retriever: weak(0.31), onNoEvidence: 'answer' as const }],
  ])('answers when the minScore %s', async (_how, options) => {
    expect(doneOf(await ask(options)).finishReason).toBe('stop')
  })

  it('compares the scores of the retriever, not those of a reranker', async () => {
    const reranker: Reranker = { rerank: async (_query, chunks) => chunks.map(({ chunk }) => ({ chunk, score: -5 })) }
    expect(doneOf(await ask({ retriever: weak(0.3), reranker })).sources).toMatchObject([{ score: -5 }, { score: -5 }])
  })

  it('reports the decision to the observers', async () => {
    const reports: StageReport[] = []
    await ask({ retriever: weak(0.31), onStage: (report) => reports.push(report) })
    expect(reports).toMatchObject([
      { stage: 'retrieved', query: 'How long do cats sleep?' },
      { stage: 'gated', best: 0.3, minScore: 0.31, passed: false },
    ])
  })
})

describe('streamChat with long chunks', () => {
  it('numbers the pieces across documents, and gives each its own id and location', async () => {
    const retriever = fakeRetriever([found('a', LONG), found('b', 'Short.')])
    const events = await ask({ retriever, citationChunk: { tokens: 30, overlap: 0 } })
    const { sources } = doneOf(events)
    expect(sources.map(({ number }) => number)).toEqual(sources.map((_, index) => index + 1))
    expect(new Set(sources.map(({ sourceId }) => sourceId)).size).toBe(sources.length)
    for (const { text, location, chunkId } of sources.slice(0, -1)) {
      expect(chunkId).toBe('a')
      expect(LONG.slice((location?.start ?? 0) - 100, (location?.end ?? 0) - 100)).toBe(text)
      expect(location?.page).toBe(3)
    }
    expect(sources.at(-1)).toMatchObject({ chunkId: 'b', text: 'Short.', location: { page: 3, start: 100 } })
  })

  it('keeps the section of a chunk for each of its pieces', async () => {
    const { chunk } = found('a', LONG)
    const retriever = fakeRetriever([{ chunk: { ...chunk, section: ['Life', 'Sleep'] } }])
    const { sources } = doneOf(await ask({ retriever, citationChunk: { tokens: 30, overlap: 0 } }))
    expect(sources.length).toBeGreaterThan(1)
    for (const { section } of sources) expect(section).toEqual(['Life', 'Sleep'])
  })

  it('shows every chunk within topN, regardless of the number of pieces of the others', async () => {
    const retriever = fakeRetriever(['a', 'b', 'c'].map((id) => found(id, LONG)))
    const events = await ask({ retriever, topN: 3, citationChunk: { tokens: 30, overlap: 0 } })
    expect(new Set(doneOf(events).sources.map(({ chunkId }) => chunkId))).toEqual(new Set(['a', 'b', 'c']))
  })

  it('cites a piece, not the whole chunk', async () => {
    const model = scriptedChatModel(['So it says [2].', FINISH])
    const events = await ask({ model, retriever: fakeRetriever([found('a', LONG)]), citationChunk: { tokens: 30 } })
    const { sources, citations } = doneOf(events)
    expect(citations).toMatchObject([{ number: 2, sourceId: sources[1]?.sourceId }])
  })
})

describe('splitChunk', () => {
  const countTokens = (text: string) => text.length
  const chunkOf = (text: string): Chunk => ({ chunkId: 'c', documentId: 'd', text, location: { start: 7 } })

  it('returns a short chunk unchanged', () => {
    const chunk = chunkOf('Short.')
    expect(splitChunk(chunk, { tokens: 6, overlap: 0, countTokens })).toEqual([chunk])
  })

  it('cuts at the ends of sentences, and repeats the end of the previous piece', () => {
    const pieces = splitChunk(chunkOf('One is. Two is. Three is. Four is.'), { tokens: 20, overlap: 10, countTokens })
    expect(pieces.map(({ text }) => text)).toEqual(['One is. Two is.', 'Two is. Three is.', 'Three is. Four is.'])
  })

  it('returns exact slices that cover the whole text, each within the limit, for any text', () => {
    const word = fc.constantFrom('One. ', '猫睡觉。', '😀', 'word ', '\n', ' ', 'x'.repeat(30), 'e.g. ', 'A? ')
    const texts = fc.array(word, { minLength: 1, maxLength: 40 }).map((words) => words.join(''))
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 40 }), fc.nat(10), (text, tokens, overlap) => {
        const pieces = splitChunk(chunkOf(text), { tokens, overlap: Math.min(overlap, tokens - 1), countTokens })
        let covered = 0
        for (const piece of pieces) {
          const { start = 0, end = text.length + 7 } = piece.location ?? {}
          expect(text.slice(start - 7, end - 7)).toBe(piece.text)
          expect(text.slice(covered, Math.max(covered, start - 7)).trim()).toBe('')
          expect(piece.text.isWellFormed()).toBe(true)
          expect(countTokens(piece.text)).toBeLessThanOrEqual(tokens + 1)
          covered = Math.max(covered, end - 7)
        }
        expect(text.slice(covered).trim()).toBe('')
      }),
      { numRuns: 500 },
    )
  })

  it.each(['a', 'A. ', '. ', '猫', 'x\n', ' '])('splits a large text of %j in linear time', (unit) => {
    const text = unit.repeat(300_000 / unit.length)
    expect(splitChunk(chunkOf(text), { tokens: 512, overlap: 20, countTokens }).length).toBeLessThan(2_000)
  })
})
