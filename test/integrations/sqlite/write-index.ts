import { DatabaseSync } from 'node:sqlite'
import { sqliteKnowledgeStore } from '../../../src/sqlite.ts'
import { documentOf, SPACE } from './indexed-documents.ts'

// Replaces and removes documents until it is killed, and prints which commits have resolved.
const { signal } = new AbortController()
const [file = '', first = '0'] = process.argv.slice(2)
const store = sqliteKnowledgeStore({ database: new DatabaseSync(file) })
for (let commit = Number(first); ; commit += 1) {
  const documents = [documentOf('ann', `d${commit % 40}`, commit), documentOf('', `d${commit % 7}`, commit)]
  const removals = [{ scope: 'ann', documentId: `d${(commit + 20) % 40}` }]
  await store.commit({ documents, removals, embedding: SPACE }, { signal })
  process.stdout.write(`${commit}\n`)
}
