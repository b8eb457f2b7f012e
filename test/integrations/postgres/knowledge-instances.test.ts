import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ChatEvent, Source } from '../../../src/index.ts'
import type { IndexEvent, KnowledgeDocument } from '../../../src/knowledge.ts'
import { migratePostgresKnowledge } from '../../../src/postgres.ts'
import { hasPostgres } from '../../support/postgres-server.ts'
import { openPool, query, useServer } from './databases.ts'
import { holdIndex } from './hold-index.ts'
import { startKnowledgeInstance, type KnowledgeInstance } from './start-knowledge-instance.ts'

const TIME_LIMIT_MS = 60_000
const schema = 'instances'

describe.skipIf(!hasPostgres)('two instances index and answer over one Postgres', () => {
  const server = useServer()
  let instances: readonly [KnowledgeInstance, KnowledgeInstance]

  beforeAll(async () => {
    const client = openPool(server().url())
    await query(client, `create schema ${schema}`)
    await migratePostgresKnowledge(client, { schema })
    await client.end()
  }, TIME_LIMIT_MS)

  beforeEach(async () => {
    const start = () => startKnowledgeInstance({ url: server().url(), schema })
    instances = await Promise.all([start(), start()])
  }, TIME_LIMIT_MS)

  afterEach(() => Promise.all(instances.map((instance) => instance.kill())), TIME_LIMIT_MS)

  it(
    'keeps the index consistent while both sync overlapping documents of one scope',
    async () => {
      const [first, second] = instances
      const scope = 'overlap'
      for (let round = 0; round < 5; round++) {
        const reports = await Promise.all([
          first.sync({ scope, documents: papers({ from: 0, to: 60, edition: 2 * round }) }),
          second.sync({ scope, documents: papers({ from: 30, to: 90, edition: 2 * round + 1 }) }),
        ])
        for (const { skipped, added, updated, unchanged } of reports) {
          expect(skipped).toEqual([])
          expect(added + updated + unchanged).toBe(60)
        }
      }
      const documents = papers({ from: 10, to: 80, edition: 20 })
      const { revision } = await first.sync({ scope, documents })
      const verified = await Promise.all(instances.map((instance) => instance.verify({ scope, documents })))
      const fine = { ok: true, revision, documents: 70, differences: [], problems: [] }
      expect(verified).toEqual([fine, fine])
    },
    TIME_LIMIT_MS,
  )

  it(
    'answers from whole documents of one version, and from every stored one, while the other instance indexes',
    async () => {
      const [writer, reader] = instances
      const scope = 'reading'
      const stored = new Map<string, number>()
      let answers = 0
      for (let edition = 0; edition < 4; edition++) {
        const documents = papers({ from: 0, to: 300, edition })
        const onEvent = (event: IndexEvent): void => {
          if (event.type === 'document') stored.set(event.documentId, edition)
        }
        let isIndexing = true
        const indexing = writer.sync({ scope, documents, onEvent }).finally(() => (isIndexing = false))
        const readWhileIndexing = async (offset: number): Promise<void> => {
          do {
            answers += 1
            const documentId = `paper${(answers * 7 + offset) % 300}`
            const atLeast = stored.get(documentId)
            const answer = readAnswer(await reader.ask(`What does ${documentId} say?`, scope), documentId)
            if (atLeast !== undefined) expect(answer?.edition).toBeGreaterThanOrEqual(atLeast)
            if (answer) expect(answer.edition).toBeLessThanOrEqual(edition)
          } while (isIndexing)
        }
        await Promise.all([indexing, readWhileIndexing(0), readWhileIndexing(150)])
        expect(stored.size).toBe(300)
      }
      expect(answers).toBeGreaterThanOrEqual(8)
    },
    TIME_LIMIT_MS,
  )

  it(
    'finds a document in one instance as soon as the other has reported it',
    async () => {
      const scope = 'reported'
      const asked: Promise<unknown>[] = []
      for (const edition of [0, 1, 2]) {
        // They take turns, so that each one reads the commits of the other.
        const [writer, reader] = edition % 2 ? instances : instances.toReversed()
        const onEvent = (event: IndexEvent): void => {
          if (event.type !== 'document') return
          asked.push(
            reader.ask(`What does ${event.documentId} say?`, scope).then((e) => readAnswer(e, event.documentId)),
          )
        }
        await writer.sync({ scope, documents: papers({ from: 0, to: 20, edition }), onEvent })
        const answers = await Promise.all(asked.splice(0))
        expect(answers).toEqual(Array.from({ length: 20 }, () => ({ edition })))
      }
    },
    TIME_LIMIT_MS,
  )

  it(
    'answers from the documents of one tenant only, whichever instance has indexed them',
    async () => {
      const [first, second] = instances
      const tenants = { ann: 1, bob: 2 }
      await Promise.all([
        first.sync({ scope: 'ann', documents: papers({ from: 0, to: 30, edition: tenants.ann }) }),
        second.sync({ scope: 'bob', documents: papers({ from: 10, to: 40, edition: tenants.bob }) }),
      ])
      for (const instance of instances) {
        for (const [tenant, edition] of Object.entries(tenants)) {
          const both = readAnswer(await instance.ask('What does paper20 say?', tenant), 'paper20')
          expect(both).toEqual({ edition })
        }
        const asked = async (documentId: string, tenant: string) =>
          readAnswer(await instance.ask(`What does ${documentId} say?`, tenant), documentId)
        expect(await asked('paper5', 'ann')).toEqual({ edition: tenants.ann })
        expect(await asked('paper5', 'bob')).toBeUndefined()
        expect(await asked('paper35', 'bob')).toEqual({ edition: tenants.bob })
        expect(await asked('paper35', 'ann')).toBeUndefined()
        expect(await asked('paper20', 'carl')).toBeUndefined()
      }
    },
    TIME_LIMIT_MS,
  )

  it(
    'goes on when the other instance is killed while it indexes',
    async () => {
      const [killed, survivor] = instances
      const scope = 'killed'
      const documents = papers({ from: 0, to: 800, edition: 1 })
      const reported = new Set<string>()
      const firstStored = Promise.withResolvers<void>()
      const indexing = killed.sync({
        scope,
        documents,
        // It can only end by the kill.
        isEndless: true,
        onEvent(event) {
          if (event.type !== 'document') return
          reported.add(event.documentId)
          firstStored.resolve()
        },
      })
      const ended = expect(indexing).rejects.toThrow('SIGKILL')
      const others = papers({ from: 0, to: 200, edition: 2 })
      const meanwhile = survivor.sync({ scope: 'survivor', documents: others })
      await firstStored.promise
      await killed.kill()
      await ended
      expect((await meanwhile).added).toBe(200)
      const report = await survivor.sync({ scope, documents })
      expect(report.unchanged).toBeGreaterThanOrEqual(reported.size)
      expect(report).toMatchObject({ added: 800 - report.unchanged, updated: 0, removed: 0, skipped: [] })
      expect(await survivor.verify({ scope, documents })).toMatchObject({ ok: true, documents: 800 })
      expect(await survivor.verify({ scope: 'survivor', documents: others })).toMatchObject({
        ok: true,
        documents: 200,
      })
      expect(readAnswer(await survivor.ask('What does paper799 say?', scope), 'paper799')).toEqual({ edition: 1 })
    },
    TIME_LIMIT_MS,
  )

  it(
    'commits in one instance when the other is killed while its commit waits',
    async () => {
      const [killed, survivor] = instances
      const given = { scope: 'waiting', documents: papers({ from: 0, to: 60, edition: 1 }) }
      const held = await holdIndex({ url: server().url(), schema })
      const events: IndexEvent[] = []
      const ended = expect(killed.sync({ ...given, onEvent: (event) => events.push(event) })).rejects.toThrow('SIGKILL')
      await held.waiting(1)
      const surviving = survivor.sync(given)
      await held.waiting(2)
      await killed.kill()
      await ended
      expect(events.filter(({ type }) => type === 'document')).toEqual([])
      await held.release()
      expect(await surviving).toMatchObject({ added: 60, skipped: [] })
      expect(await survivor.verify(given)).toMatchObject({ ok: true, documents: 60 })
    },
    TIME_LIMIT_MS,
  )
})

interface Papers {
  readonly from: number
  readonly to: number
  readonly edition: number
}

/** Documents with one chunk per part. The number of parts depends on the edition. */
function papers({ from, to, edition }: Papers): readonly KnowledgeDocument[] {
  const parts = 2 + (edition % 3)
  return Array.from({ length: to - from }, (_, index) => {
    const documentId = `paper${from + index}`
    const content = Array.from(
      { length: parts },
      (_, part) =>
        `Part ${part + 1} of ${parts}: ${documentId} says in edition ${edition} that cats sleep on red sofas.`,
    )
    return { documentId, title: documentId, mediaType: 'text/plain', content: content.join('\n\n') }
  })
}

const PART =
  /^Part (?<part>\d+) of (?<parts>\d+): (?<name>\w+) says in edition (?<edition>\d+) that cats sleep on red sofas\.$/

/** Checks that an answer is complete, and returns the edition of its document, or `undefined` if it found none. */
function readAnswer(events: readonly ChatEvent[], documentId: string): { readonly edition: number } | undefined {
  const done = events.at(-1)
  if (done?.type !== 'done') return expect.fail(`The answer is not complete: ${JSON.stringify(done)}`)
  expect(done).toMatchObject({ finishReason: done.sources.length === 0 ? 'no-evidence' : 'stop', warnings: [] })
  expect(done.answer).not.toBe('')
  const [first] = done.sources
  if (!first) return undefined
  const { parts, edition } = partOf(first)
  const found = done.sources.map(partOf).toSorted((a, b) => a.part - b.part)
  expect(found).toEqual(
    Array.from({ length: parts }, (_, index) => ({ part: index + 1, parts, edition, name: documentId })),
  )
  expect(done.answer).toContain(`${documentId} says in edition ${edition}`)
  return { edition }
}

function partOf({ text }: Source) {
  const { part, parts, name, edition } = PART.exec(text)?.groups ?? expect.fail(`'${text}' is not one part of a paper`)
  return { part: Number(part), parts: Number(parts), name, edition: Number(edition) }
}
