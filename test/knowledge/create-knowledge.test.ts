import { describe, expect, it } from 'vitest'
import { ChatError } from '../../src/index.ts'
import {
  collectReport,
  createKnowledge,
  DocumentError,
  memoryKnowledgeStore,
  type IndexEvent,
  type KnowledgeDocument,
  type KnowledgeOptions,
} from '../../src/knowledge.ts'
import { createGate } from '../../src/testing.ts'
import { fakeEmbedder } from './fake-embedder.ts'

const TEA = { documentId: 'tea.md', content: '# Tea\n\nGreen tea is steeped at 80 °C.' }
const CATS = { documentId: 'cats.md', content: '# Cats\n\nCats sleep sixteen hours a day.', metadata: { year: 2024 } }
const DOGS = { documentId: 'dogs.txt', content: 'Dogs sleep twelve hours.' }

function open(options: Partial<KnowledgeOptions> = {}) {
  const store = memoryKnowledgeStore()
  const knowledge = createKnowledge({ store, ...options })
  const sync = (...documents: readonly unknown[]) => collectReport(knowledge.sync(documents as KnowledgeDocument[]))
  return { store, knowledge, sync }
}

async function eventsOf(stream: AsyncIterable<IndexEvent>): Promise<readonly IndexEvent[]> {
  const events: IndexEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

const { signal } = new AbortController()

async function idsFor(subject: ReturnType<typeof open>, query: string): Promise<readonly string[]> {
  const found = await subject.knowledge.retriever({ mode: 'lexical' }).retrieve(query, { topK: 10, signal })
  return found.map(({ chunk }) => chunk.documentId)
}

describe('knowledge.sync', () => {
  it('indexes new documents, replaces changed ones, removes the others, and reports the numbers', async () => {
    const subject = open()
    expect(await subject.sync(TEA, CATS)).toMatchObject({ added: 2, updated: 0, unchanged: 0, removed: 0, skipped: [] })
    const changed = { ...TEA, content: '# Tea\n\nWhite tea takes seventy degrees.' }
    expect(await subject.sync(changed, DOGS)).toMatchObject({ added: 1, updated: 1, unchanged: 0, removed: 1 })
    expect(await idsFor(subject, 'white tea')).toEqual(['tea.md'])
    expect(await idsFor(subject, 'green')).toEqual([])
    expect(await idsFor(subject, 'cats')).toEqual([])
  })

  it('emits one event per document after it was stored, and the report last', async () => {
    const { knowledge, store } = open()
    const seen: unknown[] = []
    for await (const event of knowledge.sync([TEA, CATS])) {
      if (event.type !== 'document') continue
      const entries = await store.manifest({ scope: '', limit: 10 }, { signal })
      seen.push([event.documentId, event.outcome, entries.some(({ documentId }) => documentId === event.documentId)])
    }
    expect(seen).toEqual([
      ['tea.md', 'added', true],
      ['cats.md', 'added', true],
    ])
    expect((await eventsOf(knowledge.sync([TEA]))).at(-1)).toMatchObject({ type: 'done', report: { removed: 1 } })
  })

  it.each(['../package.json', `${process.cwd()}/package.json`, 'file:///etc/passwd', 'http://127.0.0.1:9/a.md'])(
    'takes the documentId %s for an id, and opens nothing',
    async (documentId) => {
      const subject = open()
      const report = await subject.sync({ documentId, content: 'Green tea.' }, { documentId: `${documentId}#` })
      expect(report).toMatchObject({ added: 1, skipped: [{ documentId: `${documentId}#`, code: 'invalid-document' }] })
      const found = await subject.knowledge.retriever({ mode: 'lexical' }).retrieve('tea', { topK: 10, signal })
      expect(found.map(({ chunk }) => [chunk.documentId, chunk.text])).toEqual([[documentId, 'Green tea.']])
      expect(await idsFor(subject, 'ragwire scripts root')).toEqual([])
    },
  )

  it('does not read a document whose version it knows', async () => {
    const { sync } = open()
    let reads = 0
    const content = (): string => {
      reads += 1
      return 'Cats sleep.'
    }
    const document = { documentId: 'a.txt', content, version: '1' }
    await sync(document)
    expect(await sync(document)).toMatchObject({ unchanged: 1 })
    expect(reads).toBe(1)
    // A new version with the same content is read once more, and its version is remembered.
    expect(await sync({ ...document, version: '2' })).toMatchObject({ unchanged: 1 })
    expect(await sync({ ...document, version: '2' })).toMatchObject({ unchanged: 1 })
    expect(reads).toBe(2)
  })

  it.each([
    ['title', { title: 'A' }, { title: 'B' }],
    ['url', { url: 'https://a.example/' }, { url: 'https://b.example/' }],
    ['metadata', { metadata: { year: 1 } }, { metadata: { year: 2 } }],
  ])('indexes a document again if its %s changes, also with the same version', async (_, before, after) => {
    const { sync } = open()
    await sync({ ...TEA, version: '1', ...before })
    expect(await sync({ ...TEA, version: '1', ...after })).toMatchObject({ updated: 1 })
    expect(await sync({ ...TEA, version: '1', ...after })).toMatchObject({ unchanged: 1 })
  })

  it('keeps the chunk ids of parts of a document that do not change', async () => {
    const { sync, store } = open({ chunkChars: 100 })
    const parts = ['Cats', 'Dogs', 'Birds'].map((name) => `# ${name}\n\n${name} sleep at night. `.padEnd(90, 'x'))
    await sync({ documentId: 'a.md', content: parts.join('\n\n') })
    const idsOf = async () =>
      (await store.document({ scope: '', documentId: 'a.md' }, { signal }))?.chunks.map((it) => it.chunkId)
    const before = await idsOf()
    await sync({ documentId: 'a.md', content: ['# New\n\nSomething else.'.padEnd(90, 'y'), ...parts].join('\n\n') })
    expect((await idsOf())?.slice(1)).toEqual(before)
  })

  it('removes nothing if the documents end with an error', async () => {
    const subject = open()
    await subject.sync(TEA, CATS)
    const broken = {
      async *[Symbol.asyncIterator]() {
        yield DOGS
        throw new Error('the listing broke')
      },
    }
    await expect(collectReport(subject.knowledge.sync(broken))).rejects.toThrow('the listing broke')
    expect(await idsFor(subject, 'green tea')).toEqual(['tea.md'])
  })

  it('does nothing before it is read', async () => {
    const { knowledge, store } = open()
    knowledge.sync([TEA])
    expect((await store.state({ signal })).documents).toBe(0)
  })

  it('rejects with the reason of an abort, keeps what was stored, and removes nothing', async () => {
    const subject = open()
    await subject.sync(CATS)
    const controller = new AbortController()
    const gate = createGate()
    const slow = { documentId: 'slow.txt', content: () => gate.pass().then(() => 'late') }
    const pending = eventsOf(subject.knowledge.sync([TEA, slow], { signal: controller.signal }))
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(await idsFor(subject, 'cats')).toEqual(['cats.md'])
  })

  it('ends quietly when its reader leaves, and asks the document source to stop', async () => {
    const { knowledge } = open()
    let returned = false
    const endless = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false as const, value: { ...TEA, documentId: crypto.randomUUID() } }),
        return: async () => {
          returned = true
          return { done: true as const, value: undefined }
        },
      }),
    }
    for await (const event of knowledge.sync(endless)) if (event.type === 'document') break
    await expect.poll(() => returned).toBe(true)
  })
})

describe('a document that cannot be indexed', () => {
  const failing = (error: unknown) => ({
    documentId: 'bad.txt',
    content: (): string => {
      throw error
    },
  })
  it.each([
    ['no object', 7, 'invalid-document', /documents\[0\].*it is a number/u],
    ['no id', { content: 'x' }, 'invalid-document', /documentId/u],
    ['an id with NUL', { documentId: 'a\0', content: 'x' }, 'invalid-document', /NUL/u],
    ['a scope of its own', { ...DOGS, scope: 'ann' }, 'invalid-document', /pass it to sync\(\)/u],
    ['an unknown field', { ...DOGS, text: 'x' }, 'invalid-document', /unknown field text/u],
    ['a long id', { ...DOGS, documentId: 'é'.repeat(513) }, 'invalid-document', /1024 bytes/u],
    ['a title with NUL', { ...DOGS, title: 'a\0' }, 'invalid-document', /title/u],
    ['metadata with NUL', { ...DOGS, metadata: { a: ['\0'] } }, 'invalid-document', /metadata/u],
    ['no content', { documentId: 'a.txt' }, 'invalid-document', /no content/u],
    ['content of another type', { documentId: 'a.txt', content: 7 }, 'invalid-document', /Uint8Array/u],
    ['metadata that is no JSON', { ...DOGS, metadata: { at: new Date(0) } }, 'invalid-document', /metadata/u],
    ['metadata with NaN', { ...DOGS, metadata: { n: NaN } }, 'invalid-document', /metadata/u],
    ['metadata with itself', { ...DOGS, metadata: circular() }, 'invalid-document', /metadata/u],
    ['an unknown media type', { ...DOGS, mediaType: 'image/png' }, 'unsupported', /image\/png/u],
    ['no text', { documentId: 'a.md', content: '\n \n' }, 'empty', /no text/u],
    ['binary content', { documentId: 'a.bin', content: new Uint8Array([0, 1, 2, 0]) }, 'not-text', /a\.bin/u],
    ['content that cannot be read', failing(new Error('EACCES')), 'unreadable', /EACCES/u],
    [
      'an error of its own',
      failing(new DocumentError('locked', { code: 'password-protected' })),
      'password-protected',
      /locked/u,
    ],
    ['too much content', { documentId: 'a.txt', content: 'x'.repeat(2_000) }, 'too-large', /maxContentBytes/u],
  ])('with %s is skipped with its reason, and the others are indexed', async (_, document, code, message) => {
    const subject = open({ maxContentBytes: 1_000 })
    const report = await subject.sync(document, TEA)
    expect(report).toMatchObject({ added: 1, skipped: [{ code }] })
    expect(report.skipped[0]?.message).toMatch(message)
    expect(await idsFor(subject, 'green tea')).toEqual(['tea.md'])
  })

  it('stays in the index as it was before', async () => {
    const subject = open()
    await subject.sync(TEA, CATS)
    expect(await subject.sync({ ...TEA, content: new Uint8Array([0, 0, 1]) }, CATS)).toMatchObject({
      removed: 0,
      skipped: [{ documentId: 'tea.md' }],
    })
    expect(await idsFor(subject, 'green tea')).toEqual(['tea.md'])
  })

  it('is no document with NUL characters and unpaired surrogates in its text: they are replaced', async () => {
    const { sync, store } = open()
    expect(
      await sync({ documentId: 'a', content: 'Cats\ud800 sleep\0 well.', mediaType: 'application/x' }),
    ).toMatchObject({ skipped: [{ code: 'unsupported' }] })
    const loaders = { 'application/x': ({ content }: { content: unknown }) => ({ text: String(content) }) }
    const knowledge = createKnowledge({ store, loaders })
    await collectReport(
      knowledge.sync([{ documentId: 'a', content: 'Cats\ud800 sleep\0 well.', mediaType: 'application/x' }]),
    )
    const stored = await store.document({ scope: '', documentId: 'a' }, { signal })
    expect(stored?.chunks.map(({ text }) => text)).toEqual(['Cats\ufffd sleep\ufffd well.'])
  })

  it('is skipped if an earlier one has its id', async () => {
    const { sync } = open()
    const report = await sync(TEA, { ...TEA, content: 'Another tea.' })
    expect(report).toMatchObject({ added: 1, skipped: [{ documentId: 'tea.md', code: 'invalid-document' }] })
  })

  it('with a loader that fails is skipped', async () => {
    const loaders = {
      'application/x-a': () => {
        throw new RangeError('bad header')
      },
      'application/x-b': () => ({}) as never,
    }
    const { sync } = open({ loaders })
    const report = await sync(
      { ...DOGS, documentId: 'a', mediaType: 'application/x-a' },
      { ...DOGS, documentId: 'b', mediaType: 'application/x-b' },
    )
    expect(report.skipped.map(({ documentId, code }) => [documentId, code])).toEqual([
      ['a', 'damaged'],
      ['b', 'damaged'],
    ])
  })
})

function circular(): Readonly<Record<string, unknown>> {
  const metadata: Record<string, unknown> = {}
  metadata['self'] = metadata
  return metadata
}

describe('knowledge with an embedder', () => {
  it('embeds each chunk once, with its title and headings', async () => {
    const embedder = fakeEmbedder()
    const { sync } = open({ embedder })
    await sync(TEA)
    await sync(TEA)
    expect(embedder.calls).toHaveLength(1)
    expect(embedder.calls[0]?.[0]).toContain('Green tea is steeped')
  })

  it.each([
    ['too few vectors', (_: unknown, vectors: readonly unknown[]) => vectors.slice(1), /0 vectors for 1/u],
    [
      'NaN',
      (texts: readonly string[], vectors: readonly Float32Array[]) =>
        vectors.map((vector, index) => (isBad(texts[index]) ? vector.fill(NaN) : vector)),
      /NaN/u,
    ],
    [
      'another length',
      (texts: readonly string[], vectors: readonly Float32Array[]) =>
        vectors.map((vector, index) => (isBad(texts[index]) ? vector.slice(1) : vector)),
      /63 numbers/u,
    ],
    [
      'arrays',
      (texts: readonly string[], vectors: readonly Float32Array[]) =>
        vectors.map((vector, index) => (isBad(texts[index]) ? [...vector] : vector)),
      /Float32Array/u,
    ],
    [
      'an empty vector',
      (texts: readonly string[], vectors: readonly Float32Array[]) =>
        vectors.map((vector, index) => (isBad(texts[index]) ? new Float32Array() : vector)),
      /without numbers/u,
    ],
    [
      'a rejection',
      (texts: readonly string[], vectors: readonly Float32Array[]) => {
        if (texts.some(isBad)) throw new ChatError('too long', { code: 'upstream-rejected' })
        return vectors
      },
      /too long/u,
    ],
  ])('skips only the document for which it returns %s', async (_, answer, message) => {
    const embedder = fakeEmbedder((texts, vectors) => (texts.some(isBad) ? answer(texts, vectors) : vectors))
    const subject = open({ embedder })
    const report = await subject.sync(TEA, { documentId: 'bad.txt', content: 'This is BAD text.' }, CATS, DOGS)
    expect(report).toMatchObject({ added: 3, skipped: [{ documentId: 'bad.txt', code: 'embedding-failed' }] })
    expect(report.skipped[0]?.message).toMatch(message)
    expect((await subject.knowledge.verify()).problems).toEqual([])
  })

  it('fails as a whole if the service refuses the key, and keeps what was stored', async () => {
    const embedder = fakeEmbedder(() => {
      throw new ChatError('no key', { code: 'upstream-auth' })
    })
    const { sync, store } = open({ embedder })
    await expect(sync(TEA)).rejects.toMatchObject({ code: 'upstream-auth' })
    expect((await store.state({ signal })).documents).toBe(0)
  })

  it('rejects another embedder and says what to do', async () => {
    const { sync, store } = open({ embedder: fakeEmbedder() })
    await sync(TEA)
    const other = createKnowledge({ store, embedder: fakeEmbedder(undefined, 'other') })
    await expect(collectReport(other.add([CATS]))).rejects.toThrow(/'fake'.*'other'.*knowledge\.clear\(\)/u)
    await expect(other.retriever().retrieve('tea', { topK: 1, signal })).rejects.toThrow(/'other'/u)
    await other.clear()
    expect(await collectReport(other.sync([TEA]))).toMatchObject({ added: 1 })
  })

  it('rejects documents without vectors beside documents with vectors, and the other way round', async () => {
    const { sync, store } = open({ embedder: fakeEmbedder() })
    await sync(TEA)
    const lexical = createKnowledge({ store })
    await expect(collectReport(lexical.add([CATS]))).rejects.toThrow(/there is no embedder/u)
    const subject = open()
    await subject.sync(TEA)
    const withVectors = createKnowledge({ store: subject.store, embedder: fakeEmbedder() })
    await expect(collectReport(withVectors.add([CATS]))).rejects.toThrow(/knowledge\.clear\(\)/u)
    await withVectors.clear()
    expect(await collectReport(withVectors.sync([TEA, CATS]))).toMatchObject({ added: 2 })
  })
})

function isBad(text: string | undefined): boolean {
  return text?.includes('BAD') === true
}

describe('knowledge.add and knowledge.remove', () => {
  it('add and remove single documents', async () => {
    const subject = open()
    await subject.sync(TEA)
    expect(await collectReport(subject.knowledge.add([CATS]))).toMatchObject({ added: 1, removed: 0 })
    await subject.knowledge.remove(['tea.md', 'unknown'])
    expect(await idsFor(subject, 'green tea')).toEqual([])
    expect(await idsFor(subject, 'cats')).toEqual(['cats.md'])
  })
})

describe('knowledge.remove', () => {
  it('ignores unknown ids and ids that are named twice', async () => {
    const { knowledge, sync } = open()
    await sync(TEA, CATS)
    await knowledge.remove(['tea.md', 'tea.md', 'none', 'none'])
    expect((await knowledge.state()).documents).toBe(1)
  })
})

describe('the scope of documents', () => {
  const find = async (subject: ReturnType<typeof open>, scope?: string) => {
    const retriever = subject.knowledge.retriever()
    const found = await retriever.retrieve('sleep', { topK: 10, signal, ...(scope !== undefined && { scope }) })
    return found.map(({ chunk }) => chunk.documentId).toSorted()
  }

  it('hides them from other scopes; documents without one are found by all', async () => {
    const subject = open()
    const { knowledge } = subject
    await subject.sync({ ...CATS, documentId: 'shared' })
    await collectReport(knowledge.sync([{ ...DOGS, documentId: 'of-a' }], { scope: 'a' }))
    await collectReport(knowledge.sync([{ ...DOGS, documentId: 'of-b' }], { scope: 'b' }))
    expect(await find(subject, 'a')).toEqual(['of-a', 'shared'])
    expect(await find(subject, 'b')).toEqual(['of-b', 'shared'])
    expect(await find(subject)).toEqual(['shared'])
    // A sync removes within its scope only.
    await collectReport(knowledge.sync([], { scope: 'a' }))
    expect(await find(subject, 'a')).toEqual(['shared'])
    expect(await find(subject, 'b')).toEqual(['of-b', 'shared'])
  })

  it('may be several, by readableScopes', async () => {
    const subject = open()
    await collectReport(subject.knowledge.sync([{ ...DOGS, documentId: 'of-team' }], { scope: 'team' }))
    const retriever = subject.knowledge.retriever({
      readableScopes: (scope) => (scope === 'ann' ? ['ann', 'team'] : []),
    })
    expect(await retriever.retrieve('sleep', { topK: 1, scope: 'ann', signal })).toHaveLength(1)
    expect(await retriever.retrieve('sleep', { topK: 1, scope: 'bob', signal })).toHaveLength(0)
  })

  it('is not taken from the characters of a string that readableScopes returns', async () => {
    const subject = open()
    await collectReport(subject.knowledge.sync([{ ...DOGS, documentId: 'of-a' }], { scope: 'a' }))
    for (const bad of ['bar', undefined, null, new Set(['a']), Promise.resolve(['a']), [undefined], [['a']]]) {
      const retriever = subject.knowledge.retriever({ readableScopes: () => bad as never })
      const found = retriever.retrieve('sleep', { topK: 1, scope: 'bar', signal })
      await expect(found).rejects.toThrow(/readableScopes must return a list of strings/u)
    }
  })

  it('may be several for checkSources and locate, as for the retriever', async () => {
    const { knowledge } = open()
    await collectReport(knowledge.sync([DOGS], { scope: 'team' }))
    const source = { documentId: 'dogs.txt', text: DOGS.content, location: { start: 0, end: 24 } }
    const passage = { documentId: 'dogs.txt', start: 0, end: 4 }
    expect(await knowledge.checkSources([source], { scope: 'ann' })).toEqual(['gone'])
    expect(await knowledge.checkSources([source], { scopes: ['ann', 'team'] })).toEqual(['same'])
    expect(await knowledge.locate(passage, { scopes: ['ann'] })).toBeUndefined()
    expect(await knowledge.locate(passage, { scopes: ['ann', 'team'] })).toMatchObject({ text: 'Dogs' })
    await expect(knowledge.locate(passage, { scope: 'ann', scopes: ['team'] })).rejects.toThrow(/pass one of them/u)
    await expect(knowledge.locate(passage, { scopes: 'team' as never })).rejects.toThrow(/list of strings/u)
  })

  it('must not be undefined by mistake', () => {
    const { knowledge } = open()
    expect(() => knowledge.sync([TEA], { scope: undefined as never })).toThrow(/leave it out/u)
    expect(() => knowledge.sync([TEA], { scope: '' })).toThrow(TypeError)
  })
})

describe('knowledge.document', () => {
  it('returns the whole text, whatever its chunks, with title, address without a place, and metadata', async () => {
    const { knowledge, sync } = open({ chunkChars: 100 })
    const paragraphs = Array.from({ length: 30 }, (_, index) => `Paragraph ${index} has a few words of its own.`)
    const content = `# Tea\n\n${paragraphs.join('\n\n')}\n\n- one\n- two`
    await sync({ documentId: 'tea.md', content, url: 'https://docs.example/tea', metadata: { year: 2024 } })
    expect((await knowledge.state()).chunks).toBeGreaterThan(5)
    expect(await knowledge.document('tea.md')).toEqual({
      documentId: 'tea.md',
      title: 'Tea',
      text: content,
      url: 'https://docs.example/tea',
      metadata: { year: 2024 },
    })
  })

  it('reads only the scopes that are given and documents without a scope, which come first', async () => {
    const { knowledge, sync } = open()
    await sync(TEA)
    await collectReport(knowledge.sync([CATS, { ...TEA, content: 'Tea of Ann' }], { scope: 'ann' }))
    expect(await knowledge.document('cats.md')).toBeUndefined()
    expect(await knowledge.document('cats.md', { scope: 'bob' })).toBeUndefined()
    expect(await knowledge.document('cats.md', { scopes: ['bob', 'ann'] })).toMatchObject({ text: CATS.content })
    expect(await knowledge.document('tea.md', { scope: 'ann' })).toMatchObject({ text: TEA.content })
    expect(await knowledge.document('none.md', { scope: 'ann' })).toBeUndefined()
  })

  it('fails with the reason of a signal', async () => {
    const { knowledge } = open()
    const reason = new Error('left')
    await expect(knowledge.document('tea.md', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(knowledge.document('tea.md', { scope: undefined } as never)).rejects.toThrow(/leave it out/u)
  })
})

describe('knowledge.locate', () => {
  it.each([
    ['an end before the start', { start: 4, end: 1 }],
    ['no length', { start: 4, end: 4 }],
    ['NaN', { start: NaN, end: 4 }],
    ['an end behind the document', { start: 0, end: 1e9 }],
  ])('returns undefined for a passage with %s', async (_, range) => {
    const { knowledge, sync } = open()
    await sync(DOGS)
    expect(await knowledge.locate({ documentId: 'dogs.txt', ...range })).toBeUndefined()
  })
})

describe('knowledge.retriever', () => {
  it.each(['vector', 'hybrid'] as const)('finds nothing in mode %s if the query has the zero vector', async (mode) => {
    const { sync, knowledge } = open({ embedder: fakeEmbedder() })
    await sync(DOGS, CATS)
    // The hashed embedder knows no words in it.
    expect(await knowledge.retriever({ mode }).retrieve('the who', { topK: 5, signal })).toEqual([])
  })

  it('filters before it ranks', async () => {
    const { sync, knowledge } = open({ embedder: fakeEmbedder() })
    const many = Array.from({ length: 200 }, (_, index) => ({
      documentId: `d${String(index).padStart(3, '0')}`,
      content: index === 150 ? 'Cats also sleep.' : 'Cats sleep. Cats sleep. Cats sleep.',
      metadata: { rare: index === 150 },
    }))
    await sync(...many)
    for (const mode of ['lexical', 'vector', 'hybrid'] as const) {
      const found = await knowledge
        .retriever({ mode })
        .retrieve('cats sleep', { topK: 5, filter: { rare: true }, signal })
      expect(found.map(({ chunk }) => chunk.documentId)).toEqual(['d150'])
    }
  })

  it('rejects an invalid filter, which names its part', async () => {
    const retriever = open().knowledge.retriever()
    await expect(retriever.retrieve('x', { topK: 1, filter: { year: { $near: 1 } }, signal })).rejects.toThrow(
      /year\.\$near/u,
    )
  })

  it('merges both halves by rank: a chunk that is high in both is first', async () => {
    const { sync, knowledge } = open({ embedder: fakeEmbedder() })
    await sync(TEA, CATS, DOGS)
    const [first] = await knowledge.retriever().retrieve('How long do cats sleep?', { topK: 3, signal })
    expect(first).toMatchObject({ score: 1, chunk: { documentId: 'cats.md' } })
  })

  it('weights the vectors in a hybrid search by vectorWeight, or else by the rankWeight of the embedder', async () => {
    const { sync, knowledge } = open({ embedder: { ...fakeEmbedder(), rankWeight: 0.5 } })
    await sync(TEA, CATS, DOGS)
    const scoreWithoutWords = async (vectorWeight?: number) => {
      const found = await knowledge.retriever({ vectorWeight }).retrieve('cats', { topK: 3, signal })
      return found.find(({ chunk }) => chunk.documentId === 'tea.md')?.score ?? 0
    }
    expect(await scoreWithoutWords()).toBe(await scoreWithoutWords(0.5))
    expect(await scoreWithoutWords(0.1)).toBeLessThan(await scoreWithoutWords(0.5))
    expect(() => knowledge.retriever({ vectorWeight: 11 })).toThrow('Cannot use vectorWeight 11')
  })

  it('finds nothing in a hybrid search if neither half reaches its minimum', async () => {
    const { sync, knowledge } = open({ embedder: fakeEmbedder() })
    await sync(TEA, CATS)
    const ask = (minSimilarity?: number) =>
      knowledge.retriever({ minSimilarity }).retrieve('quantum chromodynamics', { topK: 3, signal })
    expect(await ask(0.9)).toEqual([])
    expect((await ask()).length).toBeGreaterThan(0)
  })

  it('adds neighbours for the model, and the chunk stays the citation', async () => {
    const { sync, knowledge } = open({ chunkChars: 100 })
    const parts = ['Alpha is first.', 'Beta is second.', 'Gamma is third.'].map((part) =>
      `# ${part.slice(0, 5)}\n\n${part}`.padEnd(95, '.'),
    )
    await sync({ documentId: 'a.md', content: parts.join('\n\n') })
    const [found] = await knowledge.retriever({ neighbours: 1 }).retrieve('beta second', { topK: 1, signal })
    expect(found?.chunk.text).toContain('Beta is second.')
    expect(found?.chunk.before).toContain('Alpha is first.')
    expect(found?.chunk.after).toContain('Gamma is third.')
    expect(found?.chunk.text).not.toContain('Gamma')
  })

  it('adds no neighbours of a document that has changed since the search', async () => {
    const { sync, store } = open({ chunkChars: 100 })
    const parts = ['Alpha is first.', 'Beta is second.'].map((part) =>
      `# ${part.slice(0, 5)}\n\n${part}`.padEnd(95, '.'),
    )
    await sync({ documentId: 'a.md', content: parts.join('\n\n') })
    const changed = {
      ...store,
      async document(...call: Parameters<typeof store.document>) {
        const found = await store.document(...call)
        return found && { ...found, document: { ...found.document, hash: 'of another content' } }
      },
    }
    const retriever = createKnowledge({ store: changed }).retriever({ neighbours: 1 })
    const [found] = await retriever.retrieve('beta second', { topK: 1, signal })
    expect(found?.chunk.text).toContain('Beta is second.')
    expect(found?.chunk).not.toHaveProperty('before')
  })

  it('gives chunks the revision of the index, the section, the place and the metadata', async () => {
    const { sync, knowledge } = open()
    const { revision } = await sync({ ...CATS, url: 'https://a.example/cats' })
    const [found] = await knowledge.retriever().retrieve('cats sleep', { topK: 1, signal })
    expect(found?.chunk).toMatchObject({
      revision,
      title: 'Cats',
      section: ['Cats'],
      url: 'https://a.example/cats#:~:text=Cats%20sleep%20sixteen%20hours%20a%20day.',
      location: { start: 0, end: CATS.content.length },
      metadata: { year: 2024 },
    })
  })

  it.each([
    [{ mode: 'vectors' }, 'mode'],
    [{ mode: 'vector' }, 'mode'],
    [{ minScore: 2 }, 'minScore'],
    [{ pool: 10 }, 'pool'],
    [{ neighbours: -1 }, 'neighbours'],
    [{ topk: 1 }, 'topk'],
  ])('rejects %j', (options, field) => {
    const { knowledge } = open()
    expect(() => knowledge.retriever(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})

describe('knowledge.clear', () => {
  it('rejects a scope, and removes nothing then', async () => {
    const { sync, knowledge } = open()
    await sync(TEA)
    await expect(knowledge.clear({ scope: 'a' } as object)).rejects.toMatchObject({
      code: 'invalid-input',
      field: 'scope',
    })
    expect((await knowledge.state()).documents).toBe(1)
  })
})

describe('knowledge.verify', () => {
  it('proves that index and documents agree, whatever the versions say', async () => {
    const { sync, knowledge } = open()
    await sync({ ...TEA, version: '1' }, CATS)
    expect(await knowledge.verify([{ ...TEA, version: '1' }, CATS])).toMatchObject({
      ok: true,
      documents: 2,
      differences: [],
    })
    const report = await knowledge.verify([{ ...TEA, version: '1', content: 'Other tea.' }, DOGS])
    expect(report.ok).toBe(false)
    expect(report.differences.map(({ documentId, type }) => [documentId, type])).toEqual([
      ['tea.md', 'changed'],
      ['dogs.txt', 'missing'],
      ['cats.md', 'extra'],
    ])
  })
})

describe('knowledge.checkSources', () => {
  it('says of each source whether it is the same, moved, changed or gone', async () => {
    const { sync, knowledge } = open()
    await sync(TEA, CATS)
    const [found] = await knowledge.retriever().retrieve('cats sleep', { topK: 1, signal })
    const source = { ...CATS, text: 'Cats sleep sixteen hours a day.', location: { start: 8, end: 39 } }
    const { revision } = found?.chunk ?? {}
    const check = () => knowledge.checkSources([{ ...source, ...(revision !== undefined && { revision }) }])
    expect(await check()).toEqual(['same'])
    await sync(TEA, { ...CATS, metadata: { year: 2025 } })
    expect(await check()).toEqual(['same'])
    await sync(TEA, { ...CATS, content: `# Cats\n\nThey are pets. ${source.text}` })
    expect(await check()).toEqual(['moved'])
    await sync(TEA, { ...CATS, content: '# Cats\n\nCats sleep fifteen hours a day.' })
    expect(await check()).toEqual(['changed'])
    await sync(TEA)
    expect(await check()).toEqual(['gone'])
  })

  it.each([
    ['no list', 'abc', /sources/u],
    ['null in the list', [null], /sources\[0\]/u],
    ['a source without a text', [{ documentId: 'a' }], /sources\[0\]/u],
    ['a source without a document', [{ text: 'a' }], /sources\[0\]/u],
  ])('rejects %s', async (_, sources, message) => {
    await expect(open().knowledge.checkSources(sources as never)).rejects.toThrow(message)
  })

  it('does not see documents of another scope', async () => {
    const { knowledge } = open()
    await collectReport(knowledge.sync([CATS], { scope: 'a' }))
    const source = { documentId: 'cats.md', text: 'Cats sleep sixteen hours a day.' }
    expect(await knowledge.checkSources([source], { scope: 'a' })).toEqual(['same'])
    expect(await knowledge.checkSources([source], { scope: 'b' })).toEqual(['gone'])
    expect(await knowledge.checkSources([source])).toEqual(['gone'])
  })
})

describe('createKnowledge', () => {
  it.each([
    [{}, 'store'],
    [{ store: {} }, 'store.state'],
    [{ embeder: 1 }, 'embeder'],
    [{ embedder: {} }, 'embedder.embed'],
    [{ chunkChars: 10 }, 'chunkChars'],
    [{ embedding: { batchsize: 1 } }, 'embedding.batchsize'],
    [{ loaders: { 'text/x': 1 } }, "loaders['text/x']"],
    [{ sourceUrl: 'x' }, 'sourceUrl'],
  ])('rejects %j', (options, field) => {
    const store = field.startsWith('store') ? {} : { store: memoryKnowledgeStore() }
    expect(() => createKnowledge({ ...store, ...options } as never)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })

  it.each([['a string'], [{ documentId: 'a', content: 'b' }], [undefined]])('rejects %j as documents', (documents) => {
    expect(() => open().knowledge.sync(documents as never)).toThrow(expect.objectContaining({ field: 'documents' }))
  })
})
