import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { loadMemoryKnowledgeStore, memoryKnowledgeStore } from '../../../src/knowledge/store/memory-store.ts'
import { knowledgeStoreContract } from '../../../src/testing.ts'

for (const vectors of [true, false]) {
  knowledgeStoreContract({
    describe,
    it,
    name: `memoryKnowledgeStore ${vectors ? 'with' : 'without'} vectors`,
    create() {
      const path = join(tmpdir(), `ragwire-${randomUUID()}.index`)
      let store = memoryKnowledgeStore()
      return {
        store,
        async reopen() {
          await store.save(path)
          store = await loadMemoryKnowledgeStore(path)
          return store
        },
        close: () => rm(path, { force: true }),
      }
    },
    vectors,
  })
}
