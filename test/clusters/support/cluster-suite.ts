import { describe, expect, it } from 'vitest'
import { streamChat, type Retriever } from '../../../src/index.ts'
import type { KnowledgeDocument } from '../../../src/knowledge.ts'
import { assertIsolated, retrieverContract, scriptedChatModel } from '../../../src/testing.ts'
import type { FakeCluster, Fault } from './open-fake-cluster.ts'

/** A cluster with an empty collection, and what the example makes of it. */
export interface ClusterUnderTest {
  readonly cluster: FakeCluster
  readonly index: {
    put(document: KnowledgeDocument, call: Call): Promise<'indexed' | 'unchanged'>
    remove(documentId: string, call: Call): Promise<void>
  }
  readonly retriever: Retriever
  /** Returns the texts of all chunks in the cluster. */
  readonly texts: () => readonly string[]
}

interface Call {
  readonly scope?: string
  readonly signal: AbortSignal
}

export interface ClusterSuite {
  readonly name: string
  readonly open: () => Promise<ClusterUnderTest>
  /** The route of every search, such as `POST /docs/_search`. */
  readonly searchRoute: string
  readonly writeRoute: string
  readonly removeRoute: string
}

const { signal } = new AbortController()

const TEA = 'Green tea is steeped at eighty degrees.'

/** Runs the tests that both examples have in common. */
export function testCluster(suite: ClusterSuite): void {
  declareContract(suite)
  declareIndexing(suite)
  declareSearch(suite)
  declareFaults(suite)
}

function declareContract({ name, open }: ClusterSuite): void {
  retrieverContract({
    describe,
    it,
    name,
    async create() {
      const { index, retriever, cluster } = await open()
      for (const [at, lang] of ['en', 'zh', 'en', 'en'].entries()) {
        const document = { documentId: `d${at}`, content: `${TEA} Pot ${at}.`, metadata: { lang } }
        await index.put(document, { scope: 'ann', signal })
      }
      // The contract asks without a scope, too.
      const asAnn: Retriever = {
        retrieve: (query, options) => retriever.retrieve(query, { scope: 'ann', ...options }),
      }
      return { retriever: asAnn, close: () => cluster[Symbol.asyncDispose]() }
    },
    query: 'green tea',
    filter: { value: { lang: 'en' }, allows: ({ chunk }) => chunk.metadata?.['lang'] === 'en' },
    scopes: { own: 'ann', foreign: 'bob' },
  })

  describe(`${name} over scopes`, () => {
    it('keeps the scopes apart, in results and scores', { timeout: 60_000 }, async () => {
      const { cluster, index, retriever } = await open()
      await using _ = cluster
      const put = (documentId: string, scope: string, content: string) =>
        index.put({ documentId, content }, { scope, signal })
      await put('ann-plans.md', 'ann', 'Holiday plans: Ann travels to Lisbon by train.')
      await put('ann-tea.md', 'ann', `${TEA} Ann likes it.`)
      await put('bob-plans.md', 'bob', 'Holiday plans: Bob stays at home and paints.')
      await index.put({ documentId: 'handbook.md', content: 'Holiday plans need a form.' }, { signal })
      const attack = assertIsolated(retriever, {
        scopes: [
          { scope: 'ann', finds: { 'holiday plans': ['ann-plans.md'], 'green tea': ['ann-tea.md'] } },
          { scope: 'bob', finds: { 'holiday plans': ['bob-plans.md'] } },
        ],
        shared: ['handbook.md'],
        filters: [{ $or: [{ scope: 'bob' }, { $documentId: 'bob-plans.md' }] }],
        disturb: {
          scope: 'bob',
          change: async () => {
            for (let copy = 0; copy < 20; copy++)
              await put(`bob-${copy}.md`, 'bob', `Holiday plans and green tea ${copy}`)
          },
        },
      })
      await expect(attack).resolves.toBeUndefined()
    })
  })
}

function declareIndexing({ name, open, writeRoute, removeRoute }: ClusterSuite): void {
  describe(`the index of ${name}`, () => {
    it('writes an unchanged document only once', async () => {
      const { cluster, index } = await open()
      await using _ = cluster
      expect(await index.put({ documentId: 'tea', content: TEA }, { signal })).toBe('indexed')
      const writes = cluster.routes.filter((route) => route === writeRoute).length
      expect(await index.put({ documentId: 'tea', content: TEA }, { signal })).toBe('unchanged')
      expect(cluster.routes.filter((route) => route === writeRoute)).toHaveLength(writes)
    })

    it('removes the old chunks of a changed document, and keeps those of the other scopes', async () => {
      const { cluster, index, texts } = await open()
      await using _ = cluster
      const content = `# One\n\n${TEA}\n\n# Two\n\nBlack tea is steeped at ninety degrees.`
      await index.put({ documentId: 'tea.md', content }, { scope: 'ann', signal })
      await index.put({ documentId: 'tea.md', content }, { scope: 'bob', signal })
      const before = texts().length
      await index.put({ documentId: 'tea.md', content: '# One\n\nNo tea today.' }, { scope: 'ann', signal })
      expect(texts()).toHaveLength(before / 2 + 1)
      expect(texts().filter((text) => text.includes('No tea today'))).toHaveLength(1)
    })

    it('indexes a document of many chunks, and removes it', async () => {
      const { cluster, index, texts } = await open()
      await using _ = cluster
      const content = Array.from({ length: 150 }, (_, at) => `# Part ${at}\n\n${`${TEA} `.repeat(20)}`).join('\n\n')
      await index.put({ documentId: 'long.md', content }, { signal })
      expect(texts().length).toBeGreaterThanOrEqual(150)
      await index.remove('long.md', { scope: 'ann', signal })
      expect(texts().length).toBeGreaterThanOrEqual(150)
      await index.remove('long.md', { signal })
      expect(texts()).toEqual([])
    })

    it.each([writeRoute, removeRoute])('completes a document whose indexing failed at %s', async (route) => {
      const { cluster, index, texts } = await open()
      await using _ = cluster
      await index.put({ documentId: 'tea', content: TEA }, { signal })
      void cluster.break(route, 'status 500')
      await expect(index.put({ documentId: 'tea', content: 'No tea today.' }, { signal })).rejects.toBeInstanceOf(Error)
      cluster.repair()
      expect(await index.put({ documentId: 'tea', content: 'No tea today.' }, { signal })).toBe('indexed')
      expect(texts()).toEqual(['No tea today.'])
    })
  })
}

function declareSearch({ name, open }: ClusterSuite): void {
  describe(`${name} over documents`, () => {
    it('returns chunks with section, url, location and metadata', async () => {
      const { cluster, index, retriever } = await open()
      await using _ = cluster
      const content = `# Drinks\n\n${TEA}`
      const facts = { documentId: 'tea.md', url: 'https://docs.example/tea', metadata: { year: 2026 } }
      await index.put({ ...facts, content }, { signal })
      const [found] = await retriever.retrieve('green tea', { topK: 1, signal })
      const { chunk } = found ?? {}
      expect(chunk).toMatchObject({ documentId: 'tea.md', metadata: { year: 2026 } })
      expect(chunk?.url).toContain('https://docs.example/tea')
      expect(chunk?.text).toBe(content.slice(chunk?.location?.start, chunk?.location?.end))
    })

    it('finds nothing for a query without words', async () => {
      const { cluster, index, retriever } = await open()
      await using _ = cluster
      await index.put({ documentId: 'tea', content: TEA }, { signal })
      expect(await retriever.retrieve('?', { topK: 3, signal })).toEqual([])
    })

    it.each([{ $where: 1 }, { lang: { $regex: '.*' } }, 'scope = bob'])('rejects the filter %j', async (filter) => {
      const { cluster, retriever } = await open()
      await using _ = cluster
      await expect(retriever.retrieve('tea', { topK: 3, filter, signal })).rejects.toThrow(TypeError)
    })
  })
}

const FAULTS: readonly Fault[] = ['status 500', 'page', 'page with status 502', 'cut']

function declareFaults({ name, open, searchRoute }: ClusterSuite): void {
  describe(`${name} over a broken cluster`, () => {
    it.each(FAULTS)('fails with retrieval-failed and the cause: %s', async (fault) => {
      const { cluster, retriever } = await open()
      await using _ = cluster
      void cluster.break(searchRoute, fault)
      await expect(retriever.retrieve('tea', { topK: 3, signal })).rejects.toMatchObject({
        name: 'ChatError',
        code: 'retrieval-failed',
        cause: expect.any(Error),
      })
    })

    it('fails with retrieval-failed when it is not there', async () => {
      const { cluster, retriever } = await open()
      await cluster[Symbol.asyncDispose]()
      await expect(retriever.retrieve('tea', { topK: 3, signal })).rejects.toMatchObject({ code: 'retrieval-failed' })
    })

    it('closes the request when the run is aborted', async () => {
      const { cluster, retriever } = await open()
      await using _ = cluster
      const controller = new AbortController()
      const reached = cluster.break(searchRoute, 'hang')
      const events = streamChat({
        question: 'tea',
        retriever,
        model: scriptedChatModel(['never']),
        signal: controller.signal,
      })
      const last = (async () => {
        let type = ''
        for await (const event of events) type = event.type
        return type
      })()
      await reached
      controller.abort()
      expect(await last).toBe('done')
      await cluster.released
    })

    it('rejects with the reason of the signal', async () => {
      const { cluster, retriever } = await open()
      await using _ = cluster
      const controller = new AbortController()
      const reached = cluster.break(searchRoute, 'hang')
      const found = retriever.retrieve('tea', { topK: 3, signal: controller.signal })
      await reached
      const reason = new Error('stopped')
      controller.abort(reason)
      await expect(found).rejects.toBe(reason)
    })
  })
}
