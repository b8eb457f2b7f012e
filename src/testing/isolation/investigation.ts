import { isDeepStrictEqual } from 'node:util'
import type { RetrievedChunk, Retriever } from '../../core/vocabulary/retriever.ts'
import { withinTimeLimit } from '../within-time-limit.ts'
import type { IsolationFinding } from './isolation-error.ts'
import { displayed } from './displayed.ts'

/** A scope with the queries that find its documents. */
export interface IsolatedScope {
  /** The scope, as it is passed to the retriever. */
  readonly scope: string
  /**
   * The ids of the documents that each query finds in this scope. A query whose words are also in documents of other
   * scopes attacks better.
   */
  readonly finds: Readonly<Record<string, readonly string[]>>
}

/** A call of the retriever. */
export interface IsolationCall {
  /** The query. */
  readonly query: string
  /** The scope; any value, as a careless caller passes it. Absent for a call without a scope. */
  readonly scope?: unknown
  /** The filter. */
  readonly filter?: unknown
  /** Maximum number of chunks. @defaultValue that of the investigation */
  readonly topK?: number | undefined
  /** Aborts the call. */
  readonly signal?: AbortSignal | undefined
}

/** The outcome of a call: chunks, or an error. */
export type IsolationOutcome = { readonly found: readonly RetrievedChunk[] } | { readonly error: unknown }

/** A query in its scope, and its outcome before the attacks. */
export interface Baseline {
  /** The scope. */
  readonly scope: string
  /** The query. */
  readonly query: string
  /** The ids of the documents that it must find. */
  readonly finds: readonly string[]
  /** A copy of the chunks that it found. */
  readonly found: readonly RetrievedChunk[]
}

/** The retriever under attack, and what is known about it. */
export interface Investigation {
  /** The scopes. */
  readonly scopes: readonly IsolatedScope[]
  /** The outcome of each query in its scope before the attacks. */
  readonly baselines: readonly Baseline[]
  /** Maximum number of chunks of a call. */
  readonly topK: number
  /** Calls the retriever, and reports what the scope of the call may not read. `attack` names the reason of the call. */
  ask(attack: string, call: IsolationCall): Promise<IsolationOutcome>
  /** Reports a finding. */
  report(attack: string, call: Pick<IsolationCall, 'scope'>, message: string): void
  /** Asks a query of the baseline again, and reports if its outcome is another one. */
  expectUnchanged(attack: string, baseline: Baseline, reason: string): Promise<void>
}

/** The input of {@link investigate}. */
export interface InvestigationInput {
  /** The retriever. */
  readonly retriever: Retriever
  /** The scopes. */
  readonly scopes: readonly IsolatedScope[]
  /** Ids of documents that every scope may read. */
  readonly shared: readonly string[]
  /** Maximum number of chunks of a call. */
  readonly topK: number
  /** Time limit of a call, in milliseconds. */
  readonly timeLimitMs: number
  /** Called with each finding. */
  readonly onFinding: (finding: IsolationFinding) => void
}

/** Asks each query in its scope, and returns what the attacks need. */
export async function investigate(input: InvestigationInput): Promise<Investigation> {
  const { retriever, scopes, topK, timeLimitMs, onFinding } = input
  const baselines: Baseline[] = []

  const report: Investigation['report'] = (attack, call, message) =>
    onFinding({ attack, scope: 'scope' in call ? displayed(call.scope) : '(none)', message })

  const ask: Investigation['ask'] = async (attack, call) => {
    const outcome = await outcomeOf(() => withinTimeLimit(start(retriever, call, topK), timeLimitMs, () => UNSETTLED))
    if ('error' in outcome) {
      const isUnsettled = outcome.error instanceof Error && outcome.error.message.startsWith(UNSETTLED)
      if (isUnsettled) report(attack, call, `the call did not settle within ${timeLimitMs} ms (${describe(call)})`)
      return outcome
    }
    for (const found of outcome.found) {
      const leak = leakOf(found, call.scope, { input, baselines })
      if (leak !== undefined) report(attack, call, `it returned ${leak} (${describe(call)})`)
    }
    return outcome
  }

  for (const { scope, finds } of scopes) {
    for (const [query, ids] of Object.entries(finds)) {
      const outcome = await ask('own queries', { scope, query })
      const found = 'found' in outcome ? outcome.found : []
      const missing = ids.filter((id) => !found.some(({ chunk }) => chunk.documentId === id))
      const reason = 'error' in outcome ? `: ${String(outcome.error)}` : ''
      for (const id of missing) {
        report(
          'own queries',
          { scope },
          `the query ${displayed(query)} does not find its document ${displayed(id)}${reason}`,
        )
      }
      baselines.push({ scope, query, finds: ids, found: copyOf(found) })
    }
  }

  return {
    scopes,
    baselines,
    topK,
    ask,
    report,
    async expectUnchanged(attack, { scope, query, found }, reason) {
      const outcome = await ask(attack, { scope, query })
      if ('found' in outcome && isDeepStrictEqual(copyOf(outcome.found), found)) return
      report(attack, { scope }, `the result of the query ${displayed(query)} is another one ${reason}`)
    },
  }
}

const UNSETTLED = 'retrieve() did not settle'

function start(retriever: Retriever, call: IsolationCall, topK: number): Promise<readonly RetrievedChunk[]> {
  const options = Object.freeze({
    topK: call.topK ?? topK,
    signal: call.signal ?? new AbortController().signal,
    ...('filter' in call && { filter: call.filter }),
    // A careless caller is not stopped by the type.
    ...('scope' in call && { scope: call.scope as string }),
  })
  return retriever.retrieve(call.query, options)
}

async function outcomeOf(call: () => Promise<readonly RetrievedChunk[]>): Promise<IsolationOutcome> {
  try {
    const found = await call()
    return Array.isArray(found) ? { found } : { error: new TypeError('retrieve() returned no list') }
  } catch (error) {
    return { error }
  }
}

/** Describes a chunk that the scope may not read; `undefined` if it may. */
function leakOf(
  { chunk }: RetrievedChunk,
  scope: unknown,
  { input, baselines }: { readonly input: InvestigationInput; readonly baselines: readonly Baseline[] },
): string | undefined {
  const name = nameOf(scope)
  const others = input.scopes.filter((other) => other.scope !== name)
  const owner = others.find(({ finds }) => Object.values(finds).flat().includes(chunk.documentId))
  if (!owner || input.shared.includes(chunk.documentId)) return undefined
  const own = input.scopes.find((other) => other.scope === name)
  const isOwnId = own && Object.values(own.finds).flat().includes(chunk.documentId)
  const isForeign = isOwnId ? hasForeignText(chunk.text, own.scope, baselines) : true
  return isForeign ? `the document ${displayed(chunk.documentId)} of the scope ${displayed(owner.scope)}` : undefined
}

/** Returns true if a text of a document whose id two scopes have contains the text of the other scope. */
function hasForeignText(text: string, scope: string, baselines: readonly Baseline[]): boolean {
  const textsOf = (isOwn: boolean) =>
    baselines
      .filter((other) => (other.scope === scope) === isOwn)
      .flatMap(({ found }) => found.map(({ chunk }) => chunk.text))
  const own = textsOf(true)
  return textsOf(false).some(
    (other) => other !== '' && text.includes(other) && !own.some((mine) => mine.includes(other)),
  )
}

/** Returns the scope that a value names for a retriever that turns it into a string. */
function nameOf(scope: unknown): string | undefined {
  if (typeof scope === 'string') return scope
  if (scope === undefined || scope === null || typeof scope === 'symbol' || typeof scope === 'function')
    return undefined
  try {
    // Turns it into text as a careless retriever does, with the `toString` of any object.
    return `${Reflect.apply(String, undefined, [scope])}`
  } catch {
    // An object without a prototype has no text.
    return undefined
  }
}

/** Copies chunks, so that nothing that happens to them later changes the copy. */
export function copyOf(found: readonly RetrievedChunk[]): readonly RetrievedChunk[] {
  try {
    return structuredClone(found)
  } catch {
    // Metadata with functions cannot be cloned.
    return JSON.parse(JSON.stringify(found))
  }
}

function describe({ query, filter, topK }: IsolationCall): string {
  const parts = [`query ${displayed(query)}`]
  if (filter !== undefined) parts.push(`filter ${displayed(filter)}`)
  if (topK !== undefined) parts.push(`topK ${topK}`)
  return parts.join(', ')
}
