import type { RetrievedChunk } from '../../core/vocabulary/retriever.ts'
import { displayed } from './displayed.ts'
import { hostileFilters } from './hostile-filters.ts'
import { copyOf, type Baseline, type Investigation } from './investigation.ts'
import { similarScopes } from './similar-scopes.ts'

/** Asks each scope the queries of the others, also right after them, and queries with ids of the others. */
export async function attackByQueries({ baselines, scopes, ask }: Investigation): Promise<void> {
  for (const { scope } of scopes) {
    for (const foreign of baselines.filter((baseline) => baseline.scope !== scope)) {
      // A cache that is keyed without the scope now has the result of the other scope.
      await ask('foreign queries', { scope: foreign.scope, query: foreign.query })
      await ask('foreign queries', { scope, query: foreign.query })
      for (const query of queriesNaming(foreign)) await ask('foreign ids in the query', { scope, query })
    }
  }
}

function queriesNaming({ scope, query, finds, found }: Baseline): readonly string[] {
  const chunkIds = found.map(({ chunk }) => chunk.chunkId)
  const [id = '', chunkId = ''] = [finds[0], chunkIds[0]]
  return [
    ...finds,
    ...chunkIds,
    scope,
    `${query} scope:${scope}`,
    `scope:"${scope}" OR ${query}`,
    `documentId:"${id}"`,
    `${query} ${id} ${chunkId}`,
    `${query}' OR scope='${scope}' --`,
    `${query}") OR ("${scope}`,
  ]
}

/** Asks each scope with filters that try to widen the search. */
export async function attackByFilters(investigation: Investigation, further: readonly unknown[]): Promise<void> {
  const { baselines, scopes, ask, report } = investigation
  for (const { scope } of scopes) {
    for (const foreign of baselines.filter((baseline) => baseline.scope !== scope)) {
      const documentId = foreign.finds[0] ?? ''
      for (const filter of [...hostileFilters({ own: scope, foreign: foreign.scope, documentId }), ...further]) {
        await ask('hostile filters', { scope, query: foreign.query, filter })
      }
    }
  }
  for (const name of ['scope', 'polluted', '$or', 'filter', 'tenant']) {
    if (name in {}) report('hostile filters', {}, `a filter changed Object.prototype: every object now has ${name}`)
  }
}

/** Asks for scopes that look like the real ones, and for values that are no scopes. */
export async function attackByScopes({ baselines, scopes, ask }: Investigation): Promise<void> {
  const names = scopes.map(({ scope }) => scope)
  for (const { scope, query } of baselines) {
    for (const similar of similarScopes(scope, names)) {
      await ask(`similar scopes (${similar.reason})`, { scope: similar.scope, query })
    }
    await ask('no scope', { query })
  }
}

// Characters with which a careless cache joins the parts of its key.
const SEPARATORS = ['', ' ', ':', '|', '/', '-', '_', ',', '#', '\0', '\n', '::', '","']

/** Asks for scope and query that have the same text together as those of another scope. */
export async function attackByKeys({ baselines, scopes, ask }: Investigation): Promise<void> {
  const names = new Set(scopes.map(({ scope }) => scope))
  for (const { scope, query } of baselines) {
    for (const separator of SEPARATORS) {
      const moved = query.split(' ')[0] ?? query
      await ask('joined keys', { scope, query: `${moved}${separator}${query}` })
      const glued = `${scope}${separator}${moved}`
      if (!names.has(glued)) await ask('joined keys', { scope: glued, query })
    }
    await ask('joined keys', { scope, query })
    const [shorter, letter] = [scope.slice(0, -1), scope.slice(-1)]
    if (!names.has(shorter)) await ask('joined keys', { scope: shorter, query: `${letter}${query}` })
  }
}

const ROUNDS = 10

/** Asks all scopes at the same time, in changing orders, and aborts some of the calls. */
export async function attackByConcurrency({ baselines, ask, report }: Investigation): Promise<void> {
  const attack = 'simultaneous calls'
  for (let round = 0; round < ROUNDS; round++) {
    const order = baselines.map((_, index) => baselines[(index * 7 + round) % baselines.length])
    const calls = [...order, ...order.toReversed()].flatMap((baseline, index) =>
      baseline ? [{ baseline, index }] : [],
    )
    await Promise.all(
      calls.map(async ({ baseline, index }) => {
        const { scope, query, finds } = baseline
        const controller = new AbortController()
        const asked = ask(attack, { scope, query, signal: controller.signal })
        const isAborted = index % 5 === 4
        if (isAborted) controller.abort(new Error('aborted by assertIsolated'))
        const outcome = await asked
        if (isAborted) return
        const ids = 'found' in outcome ? outcome.found.map(({ chunk }) => chunk.documentId) : []
        const missing = finds.filter(
          (id) => baseline.found.some(({ chunk }) => chunk.documentId === id) && !ids.includes(id),
        )
        if (missing.length > 0) report(attack, { scope }, `the query ${displayed(query)} lost ${displayed(missing)}`)
      }),
    )
  }
}

/** Changes everything in a result, and compares the results of the other calls with those before. */
export async function attackByMemory({ baselines, ask, report, expectUnchanged }: Investigation): Promise<void> {
  const attack = 'shared memory'
  for (const baseline of baselines) {
    const others = await Promise.all(
      baselines.map(async ({ scope, query }) => ({ scope, query, outcome: await ask(attack, { scope, query }) })),
    )
    const copies = others.map(({ outcome }) => ('found' in outcome ? copyOf(outcome.found) : []))
    const { scope, query } = baseline
    const changed = await ask(attack, { scope, query })
    if ('found' in changed) scramble(changed.found)
    for (const [index, other] of others.entries()) {
      const found = 'found' in other.outcome ? other.outcome.found : []
      if (JSON.stringify(copyOf(found)) === JSON.stringify(copies[index])) continue
      const result = `the result of the query ${displayed(other.query)} in the scope ${displayed(other.scope)}`
      report(attack, { scope }, `a change of its result changed ${result}`)
    }
    for (const other of baselines)
      await expectUnchanged(attack, other, `since the result of the scope ${displayed(scope)} was changed`)
  }
}

/** Changes every value in a result that is not frozen. */
function scramble(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (ArrayBuffer.isView(value)) {
    new Uint8Array(value.buffer, value.byteOffset, value.byteLength).fill(0x7f)
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    scramble(inner)
    // An assignment would throw for a frozen object.
    if (typeof inner !== 'object') Reflect.set(value, key, typeof inner === 'number' ? -1 : 'changed by another scope')
  }
  if (!Object.isFrozen(value)) Reflect.set(value, 'addedByAnotherScope', true)
  if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0
}

/** Asks with few results, which chunks of other scopes must not crowd out. */
export async function attackByCrowding({ baselines, topK, ask, report }: Investigation): Promise<void> {
  const attack = 'crowding'
  for (const { scope, query } of baselines) {
    const foreign = baselines.filter((other) => other.scope !== scope)
    // Words of the other scopes, several times, so that their chunks rank first in an index of all scopes.
    const crowded = foreign.map((other) => `${query}${` ${other.query}`.repeat(3)}`)
    for (const asked of [query, ...crowded]) {
      const all = await ask(attack, { scope, query: asked })
      const count = 'found' in all ? all.found.length : 0
      for (let few = 1; few <= Math.min(count, topK); few++) {
        const outcome = await ask(attack, { scope, query: asked, topK: few })
        const found: readonly RetrievedChunk[] = 'found' in outcome ? outcome.found : []
        if (found.length >= few) continue
        report(
          attack,
          { scope },
          `topK ${few} gave ${found.length} chunks for ${displayed(asked)}, although it has ${count}`,
        )
        break
      }
    }
  }
}

/** Compares the outcome for ids of other scopes with that for ids that are nowhere: a difference tells that they exist. */
export async function attackByExistence({ baselines, scopes, ask, report }: Investigation): Promise<void> {
  const attack = 'existence'
  for (const { scope, finds: own } of scopes) {
    const mine = Object.values(own).flat()
    for (const { query, finds } of baselines.filter((baseline) => baseline.scope !== scope)) {
      const documentId = finds.find((id) => !mine.includes(id))
      if (documentId === undefined) continue
      for (const field of ['$documentId', 'documentId', 'id']) {
        const known = await ask(attack, { scope, query, filter: { [field]: documentId } })
        const unknown = await ask(attack, { scope, query, filter: { [field]: `${documentId} that is nowhere` } })
        if (shapeOf(known) === shapeOf(unknown)) continue
        report(attack, { scope }, `a filter by ${field} tells whether the document ${displayed(documentId)} exists`)
      }
    }
  }
}

function shapeOf(outcome: Awaited<ReturnType<Investigation['ask']>>): string {
  if ('error' in outcome) return `error ${outcome.error instanceof Error ? outcome.error.name : ''}`
  return JSON.stringify(outcome.found.map(({ chunk, score }) => [chunk.chunkId, score]))
}
