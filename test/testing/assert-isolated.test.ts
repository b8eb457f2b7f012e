import { describe, expect, it } from 'vitest'
import type { RetrievedChunk, RetrieveOptions, Retriever } from '../../src/core/vocabulary/retriever.ts'
import { collectReport, createKnowledge, memoryKnowledgeStore } from '../../src/knowledge.ts'
import { assertIsolated, IsolationError, type IsolationOptions } from '../../src/testing.ts'

interface Document {
  readonly scope: string
  readonly documentId: string
  readonly text: string
}

const DOCUMENTS: readonly Document[] = [
  { scope: 'ann', documentId: 'ann-1', text: 'holiday plans for the mountains' },
  { scope: 'ann', documentId: 'ann-2', text: 'salary of ann and a walk in the mountains' },
  { scope: 'ann2', documentId: 'ann2-1', text: 'holiday plans with the family' },
  { scope: 'bob', documentId: 'bob-1', text: 'holiday plans holiday plans for the sea' },
  { scope: 'bob', documentId: 'bob-2', text: 'holiday holiday holiday plans and the salary of bob' },
  { scope: 'bob', documentId: 'readme', text: 'notes of bob' },
  { scope: 'ann', documentId: 'readme', text: 'notes of ann' },
  { scope: '', documentId: 'handbook', text: 'plans for a holiday need an approval' },
]

const OPTIONS: IsolationOptions = {
  scopes: [
    { scope: 'ann', finds: { 'holiday mountains': ['ann-1', 'ann-2'], 'notes ann': ['readme'] } },
    { scope: 'bob', finds: { 'holiday plans': ['bob-1', 'bob-2'], 'notes bob': ['readme'] } },
    { scope: 'ann2', finds: { 'holiday family': ['ann2-1'] } },
  ],
  shared: ['handbook'],
  timeLimitMs: 200,
}

type Allows = (document: Document, scope: unknown, options: RetrieveOptions) => boolean

const isOwn: Allows = ({ scope: owner }, scope) => owner === '' || owner === scope

/** Ranks documents by the number of words that they share with the query. */
function rank(query: string, documents: readonly Document[]): RetrievedChunk[] {
  const words = query.toLowerCase().split(' ')
  return documents
    .map(({ documentId, text }) => ({
      chunk: { chunkId: `${documentId}#1`, documentId, text, metadata: { tags: [documentId] } },
      score: text.split(' ').filter((word) => words.includes(word)).length,
    }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
}

function scopedRetriever(allows: Allows = isOwn): Retriever {
  return {
    async retrieve(query, options) {
      const allowed = DOCUMENTS.filter((document) => allows(document, options.scope, options))
      return rank(query, allowed).slice(0, options.topK)
    },
  }
}

/** Returns the names of the attacks that found something. */
async function findingsOf(retriever: Retriever, options: IsolationOptions = OPTIONS): Promise<readonly string[]> {
  const error = await assertIsolated(retriever, options).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (error === undefined) return []
  if (!(error instanceof IsolationError)) throw error
  return [...new Set(error.findings.map(({ attack }) => attack))]
}

describe('assertIsolated', () => {
  it('passes a retriever that compares the whole scope', async () => {
    expect(await findingsOf(scopedRetriever())).toEqual([])
  })

  it('passes a retriever that rejects every filter and every value that is not a string', async () => {
    const retriever: Retriever = {
      async retrieve(query, options) {
        if (options.filter !== undefined) throw new TypeError('no filters')
        if (typeof options.scope !== 'string') throw new TypeError('no scope')
        return scopedRetriever().retrieve(query, options)
      },
    }
    expect(await findingsOf(retriever)).toEqual([])
  })

  it('passes a retriever of a knowledge base', async () => {
    const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
    for (const scope of ['ann', 'ann2', 'bob', '']) {
      const own = DOCUMENTS.filter((document) => document.scope === scope)
      const documents = own.map(({ documentId, text }) => ({ documentId, content: text }))
      await collectReport(knowledge.sync(documents, scope === '' ? {} : { scope }))
    }
    expect(await findingsOf(knowledge.retriever({ minScore: 0 }))).toEqual([])
  })

  it.each<[string, Allows, string]>([
    ['ignores the scope', () => true, 'own queries'],
    ['compares a prefix', ({ scope: owner }, scope) => owner.startsWith(String(scope)), 'own queries'],
    [
      'compares a prefix of the other side',
      ({ scope: owner }, scope) => String(scope).startsWith(owner),
      'similar scopes (white space)',
    ],
    [
      'ignores case',
      ({ scope: owner }, scope) => owner === '' || owner === String(scope).toLowerCase(),
      'similar scopes (case)',
    ],
    [
      'removes white space',
      ({ scope: owner }, scope) => owner === '' || owner === String(scope).trim(),
      'similar scopes (white space)',
    ],
    [
      'normalises the scope',
      ({ scope: owner }, scope) => owner === '' || owner === String(scope).normalize('NFKC'),
      'similar scopes (normalisation)',
    ],
    [
      'ends the scope at NUL',
      ({ scope: owner }, scope) => owner === '' || owner === String(scope).split('\0')[0],
      'similar scopes (an invisible character)',
    ],
    [
      'takes a wildcard',
      ({ scope: owner }, scope) => isOwn({ scope: owner, documentId: '', text: '' }, scope, NONE) || scope === '*',
      'similar scopes (a pattern)',
    ],
    [
      'splits a list',
      ({ scope: owner }, scope) => owner === '' || String(scope).split(',').includes(owner),
      'similar scopes (a list)',
    ],
    [
      'takes a list',
      ({ scope: owner }, scope) => owner === '' || [scope].flat().includes(owner),
      'similar scopes (not a string)',
    ],
    [
      'takes an operator',
      ({ scope: owner }, scope) => owner === '' || owner === scope || hasOperator(scope),
      'similar scopes (not a string)',
    ],
    [
      'shows everything without a scope',
      ({ scope: owner }, scope) => !scope || isOwn({ scope: owner, documentId: '', text: '' }, scope, NONE),
      'no scope',
    ],
    [
      'lets a filter replace the scope',
      ({ scope: owner }, scope, { filter }) => owner === '' || owner === Object.assign({ scope }, filter).scope,
      'hostile filters',
    ],
    [
      'lets a filter widen by $or',
      (document, scope, { filter }) => isOwn(document, scope, NONE) || hasAlternative(filter),
      'hostile filters',
    ],
    [
      'calls a filter that is a function instead of its own',
      (document, scope, { filter }) => (typeof filter === 'function' ? filter(document) : isOwn(document, scope, NONE)),
      'hostile filters',
    ],
    [
      'looks an id up without the scope',
      (document, scope, { filter }) => isOwn(document, scope, NONE) || idOf(filter) === document.documentId,
      'hostile filters',
    ],
  ])('fails a retriever that %s', async (_name, allows, attack) => {
    expect(await findingsOf(scopedRetriever(allows))).toContain(attack)
  })

  it('fails a retriever that filters after ranking', async () => {
    const retriever: Retriever = {
      async retrieve(query, { topK, scope }) {
        const owners = new Map(DOCUMENTS.map((document) => [document, document.scope]))
        const ranked = rank(query, [...owners.keys()]).slice(0, topK)
        return ranked.filter(({ chunk }) =>
          DOCUMENTS.some((document) => document.text === chunk.text && isOwn(document, scope, NONE)),
        )
      },
    }
    expect(await findingsOf(retriever)).toEqual(['crowding'])
  })

  it('fails a retriever whose calls share a buffer', async () => {
    let buffer: RetrievedChunk[] = []
    const retriever: Retriever = {
      async retrieve(query, options) {
        buffer = [...(await scopedRetriever().retrieve(query, options))]
        await Promise.resolve()
        return buffer.slice()
      },
    }
    expect(await findingsOf(retriever)).toEqual(['simultaneous calls', 'shared memory'])
  })

  it('fails a retriever with a cache that is keyed without the scope', async () => {
    expect(await findingsOf(cached((query) => query))).toContain('foreign queries')
  })

  it.each(['', ':', '|'])('fails a retriever with a cache whose key is joined with %j', async (separator) => {
    expect(await findingsOf(cached((query, { scope }) => `${scope}${separator}${query}`))).toContain('joined keys')
  })

  it('passes a retriever with a cache that is keyed by all of its input', async () => {
    const key = (query: string, { scope, topK, filter }: RetrieveOptions) =>
      filter === undefined && (typeof scope === 'string' || scope === undefined)
        ? JSON.stringify([query, scope, topK])
        : undefined
    expect(await findingsOf(cached(key, structuredClone))).toEqual([])
  })

  it('fails a retriever that returns its own objects', async () => {
    const chunks = new Map(DOCUMENTS.map((document) => [document, rank(document.text, [document])]))
    const retriever: Retriever = {
      async retrieve(query, { scope, topK }) {
        const words = query.split(' ')
        const own = DOCUMENTS.filter(
          (document) => isOwn(document, scope, NONE) && words.some((word) => document.text.includes(word)),
        )
        return own.flatMap((document) => chunks.get(document) ?? []).slice(0, topK)
      },
    }
    expect(await findingsOf(retriever)).toEqual(['shared memory'])
  })

  it('fails a retriever whose vectors share memory', async () => {
    const memory = new Float32Array([0.5, 0.5])
    const retriever: Retriever = {
      async retrieve(query, options) {
        const found = await scopedRetriever().retrieve(query, options)
        return found.map(({ chunk, score }) => ({
          score: score ?? 0,
          chunk: { ...chunk, metadata: { vector: memory } },
        }))
      },
    }
    expect(await findingsOf(retriever)).toEqual(['shared memory'])
  })

  it('fails a retriever that reads neighbours by an id that two scopes have', async () => {
    const retriever: Retriever = {
      async retrieve(query, options) {
        const found = await scopedRetriever().retrieve(query, options)
        return found.map(({ chunk, score }) => {
          const texts = DOCUMENTS.filter(({ documentId }) => documentId === chunk.documentId).map(({ text }) => text)
          return {
            score: score ?? 0,
            chunk: { ...chunk, text: query.startsWith('notes') ? chunk.text : texts.join('\n') },
          }
        })
      },
    }
    const scopes = OPTIONS.scopes.map(({ scope, finds }) => ({
      scope,
      finds: { ...finds, ...(scope === 'ann' && { of: ['readme'] }) },
    }))
    expect(await findingsOf(retriever, { ...OPTIONS, scopes })).toContain('foreign queries')
  })

  it('fails a retriever that tells whether a foreign id exists', async () => {
    const retriever: Retriever = {
      async retrieve(query, options) {
        const document = DOCUMENTS.find(({ documentId }) => documentId === idOf(options.filter))
        if (document && !isOwn(document, options.scope, NONE)) throw new Error('forbidden')
        return scopedRetriever().retrieve(query, options)
      },
    }
    expect(await findingsOf(retriever)).toEqual(['existence'])
  })

  it('fails a retriever whose prototype a filter changes', async () => {
    const retriever: Retriever = {
      async retrieve(query, options) {
        const parts = Object.entries(Object(options.filter)).filter(([key]) => key === '__proto__')
        for (const [key, value] of parts) Object.assign(Reflect.get({}, key), value)
        return scopedRetriever().retrieve(query, options)
      },
    }
    try {
      expect(await findingsOf(retriever)).toContain('hostile filters')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'scope')
    }
  })

  it('fails a retriever whose scores depend on other scopes, if they are changed', async () => {
    let others = 0
    const retriever: Retriever = {
      async retrieve(query, options) {
        const found = await scopedRetriever().retrieve(query, options)
        return found.map(({ chunk, score = 0 }) => ({ chunk, score: score / (1 + others) }))
      },
    }
    const disturb = { scope: 'bob', change: () => void (others += 1) }
    expect(await findingsOf(retriever, { ...OPTIONS, disturb })).toContain('scores')
    expect(await findingsOf(scopedRetriever(), { ...OPTIONS, disturb })).toEqual([])
  })

  it('passes a retriever that finds the changes of the scope that is changed', async () => {
    const added: Document[] = []
    const retriever: Retriever = {
      async retrieve(query, { scope, topK }) {
        const all = [...DOCUMENTS, ...added]
        return rank(
          query,
          all.filter(({ scope: owner }) => owner === '' || owner === scope),
        ).slice(0, topK)
      },
    }
    const text = 'holiday plans holiday plans holiday plans'
    const change = () => void added.push({ scope: 'bob', documentId: 'bob-3', text })
    expect(await findingsOf(retriever, { ...OPTIONS, disturb: { scope: 'bob', change } })).toEqual([])
  })

  it('fails a retriever that does not settle', async () => {
    const retriever: Retriever = {
      retrieve: (query, options) =>
        options.filter instanceof Map ? new Promise(() => {}) : scopedRetriever().retrieve(query, options),
    }
    await expect(assertIsolated(retriever, OPTIONS)).rejects.toThrow('the call did not settle within 200 ms')
  })

  it('fails a retriever that does not find its own documents, because the attacks would prove nothing', async () => {
    await expect(assertIsolated({ retrieve: async () => [] }, OPTIONS)).rejects.toThrow(
      "own queries, scope 'ann': the query 'holiday mountains' does not find its document 'ann-1'",
    )
  })

  it('lists in its message which document leaked in which call', async () => {
    const error = await assertIsolated(
      scopedRetriever(() => true),
      OPTIONS,
    ).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(IsolationError)
    expect(String(error)).toContain(
      "own queries, scope 'ann': it returned the document 'bob-2' of the scope 'bob' (query 'holiday mountains')",
    )
    expect(error).toHaveProperty('code', 'ERR_ASSERTION')
  })

  it.each<[string, unknown]>([
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: [OPTIONS.scopes[0], OPTIONS.scopes[0]] }],
    ['scopes[0].scope', { scopes: [{ scope: '', finds: { q: ['a'] } }, OPTIONS.scopes[1]] }],
    ['scopes[0].finds', { scopes: [{ scope: 'a', finds: {} }, OPTIONS.scopes[1]] }],
    ['scopes[0].finds', { scopes: [{ scope: 'a', finds: { q: [] } }, OPTIONS.scopes[1]] }],
    ['timeLimit', { ...OPTIONS, timeLimit: 1 }],
  ])('rejects wrong %s', async (field, options) => {
    await expect(assertIsolated(scopedRetriever(), options as IsolationOptions)).rejects.toMatchObject({ field })
  })
})

const NONE: RetrieveOptions = { topK: 1, signal: new AbortController().signal }

function cached(
  keyOf: (query: string, options: RetrieveOptions) => string | undefined,
  copy: (found: readonly RetrievedChunk[]) => readonly RetrievedChunk[] = (found) => structuredClone(found),
): Retriever {
  const cache = new Map<string, readonly RetrievedChunk[]>()
  return {
    async retrieve(query, options) {
      const key = typeof options.scope === 'symbol' ? undefined : keyOf(query, options)
      const found = (key !== undefined && cache.get(key)) || (await scopedRetriever().retrieve(query, options))
      if (key !== undefined) cache.set(key, found)
      return copy(found).slice(0, options.topK)
    },
  }
}

function hasOperator(scope: unknown): boolean {
  return typeof scope === 'object' && scope !== null && '$ne' in scope
}

function hasAlternative(filter: unknown): boolean {
  return typeof filter === 'object' && filter !== null && '$or' in filter
}

function idOf(filter: unknown): unknown {
  return typeof filter === 'object' && filter !== null && '$documentId' in filter ? filter.$documentId : undefined
}
