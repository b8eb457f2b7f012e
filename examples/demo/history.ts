import { memoryHistoryStore, type HistoryStore } from 'ragwire'

/**
 * Where conversations are kept: in the file that `DEMO_DATABASE` names, or else in memory.
 *
 * @throws Error that says what to do when the file cannot be opened
 */
export async function openHistory(env: NodeJS.ProcessEnv): Promise<HistoryStore> {
  const file = env['DEMO_DATABASE']
  if (!file) return memoryHistoryStore()
  // Only here, because a Node without SQLite is good enough for the memory.
  const [{ DatabaseSync }, { sqliteHistoryStore }] = await Promise.all([
    import('node:sqlite'),
    import('ragwire/sqlite'),
  ])
  try {
    return sqliteHistoryStore({ database: new DatabaseSync(file) })
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new Error(`DEMO_DATABASE is "${file}": set it to a file that can be written (${reason})`, { cause: thrown })
  }
}
