import * as fc from 'fast-check'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  collectReport,
  createKnowledge,
  memoryKnowledgeStore,
  type IndexEvent,
  type KnowledgeDocument,
  type KnowledgeOptions,
} from '../../../src/knowledge.ts'
import { fakeEmbedder } from '../fake-embedder.ts'

const { signal } = new AbortController()

function open(options: Partial<KnowledgeOptions> = {}) {
  const store = memoryKnowledgeStore()
  const knowledge = createKnowledge({ store, ...options })
  const sync = (...documents: readonly unknown[]) => collectReport(knowledge.sync(documents as KnowledgeDocument[]))
  const textOf = async (documentId: string) => {
    const found = await store.document({ scope: '', documentId }, { signal })
    return found && [found.document.title, found.document.metadata, ...found.chunks.map(({ text }) => text)]
  }
  return { store, knowledge, sync, textOf }
}

const texts = fc.dictionary(fc.stringMatching(/^[a-f]{1,2}$/u), fc.constantFrom('one', 'two', 'three', ''), {
  maxKeys: 12,
})

function toDocuments(contents: Readonly<Record<string, string>>): readonly KnowledgeDocument[] {
  return Object.entries(contents).map(([documentId, content]) => ({ documentId, content }))
}

/** The contents that can be indexed. */
function indexable(contents: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(contents).filter(([, content]) => content !== ''))
}

describe('an indexing that ends early', () => {
  it('at any event leaves whole documents, told ones first, and the next sync completes', async () => {
    const cases = fc.record({
      before: texts,
      after: texts,
      at: fc.nat(30),
      how: fc.constantFrom('abort', 'break', 'throw'),
      withVectors: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ before, after, at, how, withVectors }) => {
        const { knowledge, store } = open(withVectors ? { embedder: fakeEmbedder() } : {})
        await collectReport(knowledge.sync(toDocuments(before)))
        const controller = new AbortController()
        const told = new Map<string, string>()
        let count = 0
        const read = async (): Promise<void> => {
          for await (const event of knowledge.sync(toDocuments(after), { signal: controller.signal })) {
            if (event.type === 'document') told.set(event.documentId, event.outcome)
            if (count++ < at) continue
            if (how === 'break') return
            if (how === 'throw') throw new Error('stopped')
            controller.abort(new Error('stopped'))
          }
        }
        const ended = await read().then(
          () => undefined,
          (error: unknown) => error,
        )
        if (ended !== undefined) expect(ended).toEqual(new Error('stopped'))
        await nextTurn()
        expect(await store.inspect({ signal })).toEqual([])
        const [old, fresh] = [indexable(before), indexable(after)]
        for (const documentId of new Set([...old.keys(), ...fresh.keys()])) {
          const found = await store.document({ scope: '', documentId }, { signal })
          const text = found?.chunks.map((chunk) => chunk.text).join('')
          const [oldText, newText] = [old.get(documentId), fresh.get(documentId)].map((it) =>
            it?.replace('\0', '\uFFFD'),
          )
          const outcome = told.get(documentId)
          if (outcome === 'added' || outcome === 'updated') expect(text).toBe(newText)
          else if (outcome === 'removed') expect(text).toBeUndefined()
          else expect([oldText, newText]).toContain(text)
        }
        await collectReport(knowledge.sync(toDocuments(after)))
        const report = await knowledge.verify(toDocuments(after))
        expect(report.problems).toEqual([])
        expect(report.differences.filter(({ type }) => type !== 'skipped')).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it.each([
    ['an abort', 'stopped'],
    ['a source that throws', 'disk full'],
  ])('by %s fails also for a reader that is busy between two events', async (how, message) => {
    const { knowledge } = open()
    const controller = new AbortController()
    const documents = {
      async *[Symbol.asyncIterator]() {
        yield { documentId: 'a', content: 'one' }
        if (how !== 'an abort') throw new Error('disk full')
      },
    }
    const events: IndexEvent[] = []
    const read = async (): Promise<void> => {
      for await (const event of knowledge.sync(documents, { signal: controller.signal })) {
        events.push(event)
        if (how === 'an abort') controller.abort(new Error('stopped'))
        await nextTurn()
        await nextTurn()
      }
    }
    await expect(read()).rejects.toThrow(message)
  })

  it('with an error aborts what is still embedded, and stores nothing afterwards', async () => {
    const gate = Promise.withResolvers<void>()
    let given: AbortSignal | undefined
    const embedder = fakeEmbedder(async (_, vectors, options) => {
      given = options.signal
      await gate.promise
      return vectors
    })
    const { knowledge, store } = open({ embedder })
    const documents = {
      async *[Symbol.asyncIterator]() {
        for (let index = 0; index < 300; index++) yield { documentId: `d${index}`, content: `word ${index}` }
        while (!given) await nextTurn()
        throw new Error('disk full')
      },
    }
    await expect(collectReport(knowledge.sync(documents))).rejects.toThrow('disk full')
    expect(given?.aborted).toBe(true)
    gate.resolve()
    await nextTurn()
    expect((await store.state({ signal })).documents).toBe(0)
  })

  it('stops a generator that is not asynchronous', async () => {
    const { knowledge } = open()
    let stopped = false
    function* documents(): Generator<KnowledgeDocument> {
      try {
        for (let index = 0; ; index++) yield { documentId: `d${index}`, content: 'one' }
      } finally {
        stopped = true
      }
    }
    for await (const event of knowledge.sync(documents())) if (event.type === 'document') break
    expect(stopped).toBe(true)
  })
})

describe('documents from a careless source', () => {
  it('may be one object and one buffer that the source changes for each document', async () => {
    const { knowledge, textOf } = open()
    const metadata = { index: 0 }
    const content = new Uint8Array(4)
    const document = { documentId: '', title: '', version: '', content, metadata }
    const documents = {
      async *[Symbol.asyncIterator]() {
        for (let index = 0; index < 8; index++) {
          content.set(new TextEncoder().encode(`no ${index}`))
          metadata.index = index
          yield Object.assign(document, { documentId: `${index}.txt`, title: `t${index}`, version: `v${index}` })
        }
      },
    }
    await collectReport(knowledge.sync(documents))
    const found = await Promise.all(Array.from({ length: 8 }, (_, index) => textOf(`${index}.txt`)))
    expect(found).toEqual(Array.from({ length: 8 }, (_, index) => [`t${index}`, { index }, `no ${index}`]))
  })

  it.each([
    ['no content', { content: null }],
    ['an invalid title', { title: 7 }],
    ['an unknown field', { text: 'x' }],
    ['invalid metadata', { metadata: { at: new Date(0) } }],
  ])('stay in the index as they were if they now have %s', async (_, part) => {
    const { sync, textOf } = open()
    await sync({ documentId: 'a', content: 'one' })
    expect(await sync({ documentId: 'a', content: 'two', ...part })).toMatchObject({
      removed: 0,
      skipped: [{ documentId: 'a', code: 'invalid-document' }],
    })
    expect(await textOf('a')).toContain('one')
  })

  it.each<[string, object]>([
    [
      'a getter that throws',
      {
        documentId: 'bad',
        get content(): string {
          throw new Error('lazy')
        },
      },
    ],
    [
      'an id that throws',
      {
        get documentId(): string {
          throw new Error('lazy')
        },
      },
    ],
    [
      'a list with a hole in the metadata',
      { documentId: 'bad', content: 'x', metadata: { list: Array.from({ length: 1 }) } },
    ],
    [
      'content that throws a value without a text',
      { documentId: 'bad', content: () => Promise.reject(Object.create(null)) },
    ],
  ])('fail alone: %s', async (_, bad) => {
    const { sync } = open()
    expect(await sync(bad, { documentId: 'good', content: 'one' })).toMatchObject({ added: 1, skipped: [{}] })
  })

  it('may have fields of the metadata that are undefined', async () => {
    const { sync, textOf } = open()
    await sync({ documentId: 'a', content: 'one', metadata: { author: undefined, year: 1 } })
    expect(await textOf('a')).toEqual([undefined, { year: 1 }, 'one'])
  })

  it('are named by knowledge.verify, which goes on', async () => {
    const { knowledge, sync } = open()
    await sync({ documentId: 'a', content: 'one' }, { documentId: 'b', content: 'two' })
    const documents: readonly unknown[] = [
      { documentId: 'a', content: null },
      { documentId: 'b', content: 'two' },
      { documentId: 'b', content: 'three' },
    ]
    const { differences } = await knowledge.verify(documents as KnowledgeDocument[])
    expect(differences).toMatchObject([
      { documentId: 'a', type: 'skipped', message: expect.stringContaining('no content') },
      { documentId: 'b', type: 'skipped', message: expect.stringContaining('documents[2]') },
    ])
  })
})

describe('sourceUrl', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no route')
      },
    ],
    ['returns no string', () => 7],
    ['returns a promise', async () => 'https://a.example/'],
    ['returns a NUL character', () => 'https://a.example/\0'],
    ['returns an unpaired surrogate', () => 'https://a.example/\uD800'],
  ])('that %s concerns only its document', async (_, bad) => {
    const sourceUrl = ({ documentId }: { readonly documentId: string }) =>
      (documentId === 'bad' ? bad() : undefined) as string
    const { sync } = open({ sourceUrl })
    const report = await sync({ documentId: 'bad', content: 'one' }, { documentId: 'good', content: 'one' })
    expect(report).toMatchObject({
      added: 1,
      skipped: [{ documentId: 'bad', message: expect.stringContaining('sourceUrl') }],
    })
  })
})
