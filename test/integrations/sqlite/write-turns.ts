import { DatabaseSync } from 'node:sqlite'
import { sqliteHistoryStore } from '../../../src/sqlite.ts'
import { resultOf } from '../../support/chat-events.ts'

// Writes turns until it is killed, and prints which ones have been acknowledged.
const { signal } = new AbortController()
const store = sqliteHistoryStore({ database: new DatabaseSync(process.argv[2] ?? '') })
for (let run = 0; ; run += 1) {
  const turn = { scope: 'ann', threadId: 'cats', runId: `r${run}` }
  await store.beginTurn({ ...turn, messageId: 'm', question: 'q' }, { signal })
  await store.finishTurn({ ...turn, result: resultOf(`answer of r${run}`) }, { signal })
  process.stdout.write(`r${run}\n`)
}
