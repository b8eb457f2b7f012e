import type { OptionNames } from '../../core/options/expect-options.ts'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { RetrievedChunk, RetrieveOptions, Retriever } from '../../core/vocabulary/retriever.ts'
import {
  declareChecks,
  deepFreeze,
  promptly,
  settled,
  type ContractRunner,
  type ContractSubject,
  type CreateSubject,
  expectContract,
  RUNNER_OPTIONS,
} from './contract-runner.ts'

/** A retriever under test, filled with documents. */
export interface RetrieverSubject extends ContractSubject {
  /** The retriever. */
  readonly retriever: Retriever
}

/** The options of {@link retrieverContract}. */
export interface RetrieverContractOptions extends ContractRunner {
  /** The name in the report. */
  readonly name: string
  /** Creates a retriever with the documents that `query` finds. */
  readonly create: CreateSubject<RetrieverSubject>
  /** A query that finds at least three chunks. */
  readonly query: string
  /**
   * A filter in the format of the retriever under which `query` finds something, and a predicate for the allowed
   * chunks.
   */
  readonly filter?: { readonly value: unknown; readonly allows: (found: RetrievedChunk) => boolean } | undefined
  /** For retrievers with tenants: `own` finds the results of `query`, `foreign` finds none of them. */
  readonly scopes?: { readonly own: string; readonly foreign: string } | undefined
}

// Letters, quotes and operators with a meaning in query languages.
const AWKWARD_QUERIES = ['"', "'; --", 'a AND (b OR', 'NOT', '* ? [ ] { } : ~ ^ \\ %', '😀', '中文', '__proto__']
const LONG_QUERY = 'word '.repeat(6_000)

const OPTIONS: OptionNames<RetrieverContractOptions> = { ...RUNNER_OPTIONS, query: true, filter: true, scopes: true }

/**
 * Declares the checks that every {@link Retriever} must pass, with the functions of any test runner.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { fakeRetriever, retrieverContract } from 'ragwire/testing'
 * retrieverContract({
 *   describe,
 *   it,
 *   name: 'fakeRetriever',
 *   create: () => ({ retriever: fakeRetriever(['one', 'two', 'three']) }),
 *   query: 'one',
 * })
 * ```
 */
export function retrieverContract(options: RetrieverContractOptions): void {
  expectContract(options, OPTIONS, 'retrieverContract')
  options.describe(`${options.name} as a Retriever`, () => {
    declareResults(options)
    declareConduct(options)
    if (options.scopes) declareScopes(options, options.scopes)
  })
}

function declareResults(options: RetrieverContractOptions): void {
  const check = declareChecks(options, options.create)

  check('returns chunks with ids and text, each once', async ({ retriever }) => {
    const found = await ask(retriever, options, { topK: 10 })
    ok(found.length >= 3, `the query found ${found.length} chunks; the contract needs at least 3`)
    for (const { chunk } of found) {
      for (const field of ['chunkId', 'documentId', 'text'] as const) {
        ok(typeof chunk[field] === 'string' && chunk[field] !== '', `a chunk has no ${field}`)
      }
    }
    equal(new Set(idsOf(found)).size, found.length, 'a chunk was returned twice')
  })

  check('returns at most topK chunks', async ({ retriever }) => {
    for (const topK of [1, 2, 3]) equal((await ask(retriever, options, { topK })).length, topK)
  })

  check('returns the best first: no score is higher than the one before', async ({ retriever }) => {
    const scores = (await ask(retriever, options, { topK: 10 })).map(({ score }) => score)
    const given = scores.filter((score) => score !== undefined)
    ok(given.length === 0 || given.length === scores.length, 'some chunks have a score and some have none')
    ok(given.every(Number.isFinite), `a score is not a finite number: ${given.join(', ')}`)
    deepEqual(
      given,
      given.toSorted((a, b) => b - a),
    )
  })

  check('accepts any text as a query', async ({ retriever }) => {
    for (const query of [...AWKWARD_QUERIES, LONG_QUERY]) {
      const found = await ask(retriever, options, { topK: 3, query })
      ok(found.length <= 3, `more than topK chunks for ${JSON.stringify(query.slice(0, 20))}`)
    }
  })

  const { filter } = options
  if (!filter) return
  check('respects a filter', async ({ retriever }) => {
    const found = await ask(retriever, options, { topK: 10, filter: filter.value })
    ok(found.length > 0, 'nothing was found under the filter')
    ok(found.every(filter.allows), 'a chunk was found that the filter excludes')
  })
}

function declareConduct(options: RetrieverContractOptions): void {
  const check = declareChecks(options, options.create)

  check('serves simultaneous calls independently', async ({ retriever }) => {
    const alone = [await ask(retriever, options, { topK: 1 }), await ask(retriever, options, { topK: 3 })]
    const together = await Promise.all([ask(retriever, options, { topK: 1 }), ask(retriever, options, { topK: 3 })])
    deepEqual(together.map(idsOf), alone.map(idsOf))
  })

  check('returns a new list to every call', async ({ retriever }) => {
    const first = await ask(retriever, options, { topK: 3 })
    const ids = idsOf(first)
    if (Array.isArray(first) && !Object.isFrozen(first)) first.length = 0
    deepEqual(idsOf(await ask(retriever, options, { topK: 3 })), ids)
  })

  check('settles when its signal has already aborted', async ({ retriever }) => {
    const signal = AbortSignal.abort(new Error('aborted before'))
    await promptly(options, settled(retriever.retrieve(options.query, { topK: 3, signal })), 'retrieve()')
  })

  check('settles when its signal aborts during the call, and serves the next call', async ({ retriever }) => {
    const controller = new AbortController()
    const pending = settled(retriever.retrieve(options.query, { topK: 3, signal: controller.signal }))
    controller.abort(new Error('aborted by the contract'))
    await promptly(options, pending, 'retrieve()')
    equal((await ask(retriever, options, { topK: 3 })).length, 3)
  })

  check('leaves no listener on its signal', async ({ retriever }) => {
    const { signal } = new AbortController()
    for (let call = 0; call < 3; call += 1) await ask(retriever, options, { topK: 3, signal })
    equal(getEventListeners(signal, 'abort').length, 0)
  })
}

function declareScopes(options: RetrieverContractOptions, scopes: { readonly own: string; readonly foreign: string }) {
  const check = declareChecks(options, options.create)

  check('shows a scope nothing of another one', async ({ retriever }) => {
    const own = idsOf(await ask(retriever, options, { topK: 10, scope: scopes.own }))
    const foreign = idsOf(await ask(retriever, options, { topK: 10, scope: scopes.foreign }))
    ok(own.length > 0, 'the scope does not see its own chunks')
    deepEqual(
      foreign.filter((id) => own.includes(id)),
      [],
    )
  })
}

interface Asked extends Partial<RetrieveOptions> {
  readonly topK: number
  readonly query?: string
}

/** Retrieves with frozen options, so that a write to them throws. */
function ask(
  retriever: Retriever,
  options: RetrieverContractOptions,
  asked: Asked,
): Promise<readonly RetrievedChunk[]> {
  const { query = options.query, signal = new AbortController().signal, topK, filter } = asked
  const scope = asked.scope ?? options.scopes?.own
  const frozen = Object.freeze({
    topK,
    signal,
    ...(filter !== undefined && { filter: deepFreeze(filter) }),
    ...(scope !== undefined && { scope }),
  })
  return promptly(options, retriever.retrieve(query, frozen), 'retrieve()')
}

function idsOf(found: readonly RetrievedChunk[]): string[] {
  return found.map(({ chunk }) => chunk.chunkId)
}
