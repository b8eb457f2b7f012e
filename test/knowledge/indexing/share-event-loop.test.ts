import { describe, expect, it } from 'vitest'
import { collectReport, createKnowledge, memoryKnowledgeStore } from '../../../src/knowledge.ts'
import { localRetriever } from '../../../src/local.ts'

const TEXT = '图书馆周一至周五开放，读者可以借阅五本书。每本书的借期是三十天，逾期需要缴纳费用。'.repeat(12)
const COUNT = 1_500

/** Returns how many turns of the event loop other work got while a work ran. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isDone = false
  const turn = (): void => {
    turns += 1
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  await work()
  isDone = true
  return turns
}

// A machine that does this work in less than 100 ms would fail here.
const LEAST_TURNS = 8

describe('indexing', () => {
  it('B22: lets other work run while createKnowledge indexes many short documents', async () => {
    const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
    const documents = Array.from({ length: COUNT }, (_, at) => ({
      documentId: `d${at}`,
      content: `${at} ${TEXT}`,
      mediaType: 'text/plain',
    }))
    const turns = await turnsDuring(() => collectReport(knowledge.sync(documents)))
    expect(turns).toBeGreaterThan(LEAST_TURNS)
    expect((await knowledge.state()).documents).toBe(COUNT)
  })

  it('B22: lets other work run while localRetriever indexes, and its first search waits for all documents', async () => {
    const documents = Array.from({ length: COUNT }, (_, at) => ({ documentId: `d${at}`, text: `${at} ${TEXT}` }))
    const { signal } = new AbortController()
    let found: readonly unknown[] = []
    const turns = await turnsDuring(async () => {
      found = await localRetriever(documents).retrieve(`${COUNT - 1}`, { topK: 1, signal })
    })
    expect(turns).toBeGreaterThan(LEAST_TURNS)
    expect(found).toMatchObject([{ chunk: { documentId: `d${COUNT - 1}` } }])
  })

  it('B22: lets other work run while one long document is indexed', async () => {
    const documents = [{ documentId: 'long', text: TEXT.repeat(800) }]
    const { signal } = new AbortController()
    const turns = await turnsDuring(() => localRetriever(documents).retrieve('图书馆', { topK: 1, signal }))
    expect(turns).toBeGreaterThan(LEAST_TURNS)
  })

  it('reports documents and progress in the order of the commits', async () => {
    const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
    const documents = Array.from({ length: 300 }, (_, at) => ({
      documentId: `d${at}`,
      content: `${at} ${TEXT}`,
      mediaType: 'text/plain',
    }))
    const ids: string[] = []
    for await (const event of knowledge.sync(documents)) if (event.type === 'document') ids.push(event.documentId)
    expect(ids).toEqual(documents.map(({ documentId }) => documentId))
  })
})
