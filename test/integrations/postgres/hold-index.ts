import pg from 'pg'
import { expect, vi } from 'vitest'
import type { KnowledgeInstanceOptions } from './knowledge-instance.ts'

/** A transaction that makes every commit of an index wait. */
export interface HeldIndex {
  /** Ends the transaction. */
  release(): Promise<void>
  /** Waits until so many commits wait for it. */
  waiting(count: number): Promise<void>
}

/** Locks the row that every commit of an index locks. */
export async function holdIndex({ url, schema }: KnowledgeInstanceOptions): Promise<HeldIndex> {
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  await holder.query(`begin; select from ${schema}.ragwire_knowledge_state for update`)
  return {
    async release() {
      await holder.query('commit')
      await holder.end()
    },
    waiting: (count) =>
      vi.waitFor(async () => {
        expect((await holder.query('select from pg_locks where not granted')).rowCount).toBe(count)
      }, 5_000),
  }
}
