import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { countOption, durationOption } from '../core/options/options-with-defaults.ts'
import { expectList, expectMethods, expectOptionalFunction, wrongType } from '../core/options/validate.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { Retriever } from '../core/vocabulary/retriever.ts'
import {
  attackByConcurrency,
  attackByCrowding,
  attackByExistence,
  attackByFilters,
  attackByKeys,
  attackByMemory,
  attackByQueries,
  attackByScopes,
} from './isolation/attacks.ts'
import {
  copyOf,
  investigate,
  type Baseline,
  type Investigation,
  type IsolatedScope,
} from './isolation/investigation.ts'
import { IsolationError, type IsolationFinding } from './isolation/isolation-error.ts'

/** Options of {@link assertIsolated}. */
export interface IsolationOptions {
  /** At least two scopes that the index has, and what their queries find. */
  readonly scopes: readonly IsolatedScope[]
  /** Ids of documents that every scope may read, also a caller without a scope. @defaultValue none */
  readonly shared?: readonly string[] | undefined
  /** Further filters, in the format of the retriever. @defaultValue none */
  readonly filters?: readonly unknown[] | undefined
  /**
   * Changes documents of one of the scopes, for example adds some with the words of all queries. Then the results and
   * scores of the other scopes must be the same as before.
   * @defaultValue none
   */
  readonly disturb?: { readonly scope: string; readonly change: () => Promise<void> | void } | undefined
  /** Maximum number of chunks of a call. It must be enough for each query to find its documents. @defaultValue 10 */
  readonly topK?: number | undefined
  /** Time limit of one call, in milliseconds. @defaultValue 5000 */
  readonly timeLimitMs?: number | undefined
}

const OPTIONS: OptionNames<IsolationOptions> = {
  scopes: true,
  shared: true,
  filters: true,
  disturb: true,
  topK: true,
  timeLimitMs: true,
}

/**
 * Attacks the scopes of a retriever: with hostile filters, with foreign ids, with scopes that look like another one or are
 * no strings, with simultaneous calls, with changes of returned objects, with queries that the chunks of other scopes
 * crowd, and by comparing what the answers tell. A rejected call is a correct answer to an attack.
 *
 * It makes some hundred calls for each pair of scopes. It can prove that scopes leak, but not that they never do.
 *
 * @throws IsolationError with all findings, if a scope gets or influences what is not its own
 *
 * @example
 * ```ts
 * import { assertIsolated } from 'ragwire/testing'
 * import type { Retriever } from 'ragwire'
 * declare const retriever: Retriever
 * await assertIsolated(retriever, {
 *   scopes: [
 *     { scope: 'ann', finds: { 'holiday plans': ['ann-holidays.md'] } },
 *     { scope: 'bob', finds: { 'holiday plans': ['bob-holidays.md'] } },
 *   ],
 *   shared: ['handbook.md'],
 * })
 * ```
 */
export async function assertIsolated(retriever: Retriever, options: IsolationOptions): Promise<void> {
  const { scopes, shared, filters, disturb, topK, timeLimitMs } = resolveOptions(retriever, options)
  const findings = new Map<string, IsolationFinding>()
  const investigation = await investigate({
    retriever,
    scopes,
    shared,
    topK,
    timeLimitMs,
    onFinding: (finding) => findings.set(JSON.stringify(finding), finding),
  })
  await attackByQueries(investigation)
  await attackByFilters(investigation, filters)
  await attackByScopes(investigation)
  await attackByKeys(investigation)
  await attackByConcurrency(investigation)
  await attackByCrowding(investigation)
  await attackByExistence(investigation)
  for (const baseline of investigation.baselines) {
    await investigation.expectUnchanged('all attacks', baseline, 'after the attacks')
  }
  if (disturb) {
    await disturb.change()
    for (const baseline of investigation.baselines.filter(({ scope }) => scope !== disturb.scope)) {
      await investigation.expectUnchanged('scores', baseline, `since the scope '${disturb.scope}' was changed`)
    }
  }
  // The last one, because a retriever that shares its memory has lost its documents then.
  const baselines = await renewed(investigation, disturb?.scope)
  await attackByMemory({ ...investigation, baselines })
  if (findings.size > 0) throw new IsolationError([...findings.values()])
}

/** Returns the baselines, with the present result for the queries of the scope that was changed. */
async function renewed({ baselines, ask }: Investigation, changed: string | undefined): Promise<readonly Baseline[]> {
  return Promise.all(
    baselines.map(async (baseline) => {
      if (baseline.scope !== changed) return baseline
      const outcome = await ask('scores', { scope: baseline.scope, query: baseline.query })
      return 'found' in outcome ? { ...baseline, found: copyOf(outcome.found) } : baseline
    }),
  )
}

function resolveOptions(retriever: Retriever, options: IsolationOptions) {
  expectMethods('retriever', retriever, 'a Retriever', ['retrieve'])
  expectOptions(options, OPTIONS, { of: 'assertIsolated' })
  const { scopes, shared = [], filters = [], disturb } = options
  if (!Array.isArray(scopes) || scopes.length < 2) {
    throw invalidInput(
      'scopes',
      'Cannot attack the scopes: give at least two, such as { scope, finds: { query: [id] } }',
    )
  }
  for (const [index, { scope, finds }] of scopes.entries()) checkScope(`scopes[${index}]`, scope, finds)
  if (new Set(scopes.map(({ scope }) => scope)).size < scopes.length) {
    throw invalidInput('scopes', 'Cannot attack the scopes: two of them have the same name')
  }
  expectOptionalFunction('disturb.change', disturb?.change)
  return {
    scopes,
    shared: expectList('shared', shared),
    filters,
    disturb,
    topK: countOption('topK', options.topK, 10),
    timeLimitMs: durationOption('timeLimitMs', options.timeLimitMs, 5_000),
  }
}

function checkScope(at: string, scope: unknown, finds: unknown): void {
  if (typeof scope !== 'string' || scope === '') throw wrongType(`${at}.scope`, 'a string that is not empty', scope)
  const lists = typeof finds === 'object' && finds !== null ? Object.entries(finds) : []
  if (lists.length === 0) throw wrongType(`${at}.finds`, 'an object of queries with the ids that they find', finds)
  for (const [query, ids] of lists) {
    if (expectList(`${at}.finds[${query}]`, ids).length > 0) continue
    throw invalidInput(`${at}.finds`, `Cannot attack ${at}: name a document that the query '${query}' finds`)
  }
}
