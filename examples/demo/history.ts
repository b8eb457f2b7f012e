import { memoryHistoryStore, type HistoryStore } from 'ragwire'

/** Opens the store of conversations: the SQLite file `DEMO_DATABASE`, or else the memory.
 *
 * @throws Error that says what to do when the file cannot be opened
 */
export async function openHistory(env: NodeJS.ProcessEnv): Promise<HistoryStore> {
  const file = env['DEMO_DATABASE']
  if (!file) return memoryHistoryStore()
  // Imported only here, so that a Node without SQLite can run the demo in memory.
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
