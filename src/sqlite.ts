export { sqliteHistoryStore } from './integrations/sqlite/history-store.ts'
export { sqliteKnowledgeStore } from './integrations/sqlite/knowledge-store.ts'

export type { SqliteHistoryStoreOptions } from './integrations/sqlite/history-store.ts'
export type { SqliteKnowledgeStoreOptions } from './integrations/sqlite/knowledge-store.ts'
export type { SqliteDatabase, SqliteStatement, SqliteValue } from './integrations/sqlite/client.ts'
