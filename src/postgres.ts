export { migratePostgres, postgresMigrations } from './integrations/postgres/migrations.ts'
export { postgresHistoryStore } from './integrations/postgres/history-store.ts'
export { migratePostgresKnowledge, postgresKnowledgeMigrations } from './integrations/postgres/knowledge-migrations.ts'
export { postgresKnowledgeStore } from './integrations/postgres/knowledge-store.ts'
export { listenWithPg } from './integrations/postgres/notifications.ts'
export { postgresRunStore } from './integrations/postgres/run-store.ts'

export type {
  PostgresClient,
  PostgresJsClient,
  PostgresQueryClient,
  PostgresValue,
} from './integrations/postgres/client.ts'
export type { PostgresHistoryStoreOptions } from './integrations/postgres/history-store.ts'
export type {
  MigratePostgresKnowledgeOptions,
  PostgresHnswOptions,
  PostgresKnowledgeMigration,
  PostgresKnowledgeTableOptions,
} from './integrations/postgres/knowledge-migrations.ts'
export type { PostgresKnowledgeStoreOptions } from './integrations/postgres/knowledge-store.ts'
export type { MigratePostgresOptions, PostgresMigration } from './integrations/postgres/migrations.ts'
export type { PostgresTableOptions } from './integrations/postgres/names.ts'
export type {
  PgNotification,
  PgNotificationClient,
  PostgresListen,
  PostgresUnlisten,
} from './integrations/postgres/notifications.ts'
export type { PostgresRunStore, PostgresRunStoreOptions } from './integrations/postgres/run-store.ts'
