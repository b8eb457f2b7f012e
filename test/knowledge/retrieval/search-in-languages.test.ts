import { describe, expect, it } from 'vitest'
import { collectReport, createKnowledge, memoryKnowledgeStore, type KnowledgeStore } from '../../../src/knowledge.ts'

const TEA = { documentId: 'tea.md', content: 'Green tea is steeped at eighty degrees.' }
const TEE = { documentId: 'tee.md', content: 'Der grüne Tee zieht bei achtzig Grad und ist nach drei Minuten fertig.' }
const { signal } = new AbortController()

function open(store: KnowledgeStore = memoryKnowledgeStore()) {
  const knowledge = createKnowledge({ store })
  const sync = (...documents: (typeof TEA)[]) => collectReport(knowledge.sync(documents))
  const find = async (query: string) => {
    const found = await knowledge.retriever({ mode: 'lexical' }).retrieve(query, { topK: 10, signal })
    return found.map(({ chunk }) => chunk.documentId)
  }
  return { sync, find }
}

/** A store in which `work` is done once, after a search has looked for the languages and before it looks for words. */
function interrupted(store: KnowledgeStore, work: () => Promise<unknown>): KnowledgeStore {
  let isDone = false
  return {
    ...store,
    async searchTerms(search, call) {
      const looksForWords = ![...search.terms.keys()].some((term) => term.startsWith('#'))
      if (looksForWords && !isDone) {
        isDone = true
        await work()
      }
      return store.searchTerms(search, call)
    },
  }
}

describe('a search by words', () => {
  it.each([
    ['green tea', TEA],
    ['grüner Tee', TEE],
  ])('finds %j that another instance commits as the first document at that moment', async (query, document) => {
    const store = memoryKnowledgeStore()
    const { find } = open(interrupted(store, () => open(store).sync(document)))
    expect(await find(query)).toEqual([document.documentId])
    expect(await find(query)).toEqual([document.documentId])
  })

  it('finds nothing if another instance removes the last document at that moment', async () => {
    const store = memoryKnowledgeStore()
    await open(store).sync(TEA)
    const { find } = open(interrupted(store, () => open(store).sync()))
    expect(await find('green tea')).toEqual([])
  })

  it('fails for the terms of an earlier version, which would be found by accident only', async () => {
    const store = memoryKnowledgeStore()
    const earlier: KnowledgeStore = {
      ...store,
      searchTerms: async (search, call) =>
        [...search.terms.keys()].some((term) => term.startsWith('#')) ? [] : store.searchTerms(search, call),
    }
    await open(store).sync(TEA)
    await expect(open(earlier).find('green tea')).rejects.toThrow(
      'Cannot search the index by words: another version of ragwire made its terms',
    )
  })
})
