export { sqliteHistoryStore } from './integrations/sqlite/sqlite-history-store.ts'

export type { SqliteHistoryStoreOptions } from './integrations/sqlite/sqlite-history-store.ts'
export type { SqliteDatabase, SqliteStatement, SqliteValue } from './integrations/sqlite/sqlite-database.ts'
