import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { isRecord } from '../../core/options/plain-object.ts'

// SQLSTATE: undefined table, undefined function.
const MISSING = ['42P01', '42883']
const READ_ONLY = '25006'

/** Returns the error of a driver, or one that tells what to do. */
export function explainKnowledgeError(thrown: unknown): unknown {
  if (!isRecord(thrown)) return thrown
  const { code, message } = thrown
  if (code === READ_ONLY) {
    return unavailable('its transactions are read-only; give the store a client of the primary server', thrown)
  }
  if (typeof code !== 'string' || !MISSING.includes(code)) return thrown
  const isVectors = /knowledge_vectors|search_exact|search_hnsw/.test(String(message))
  const call = isVectors ? 'migratePostgresKnowledge(client, { vectors: true })' : 'migratePostgresKnowledge(client)'
  return unavailable(`its tables are missing; call ${call} first, with the same schema and tablePrefix`, thrown)
}

function unavailable(reason: string, cause: unknown): ChatError {
  return new ChatError(`Cannot use the index: ${reason}`, { code: 'store-unavailable', retryable: false, cause })
}
