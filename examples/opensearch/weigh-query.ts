import type { Client } from '@opensearch-project/opensearch'
import { languageOf, weighTerms } from 'ragwire/knowledge'
import { stoppable } from './stoppable.ts'
import type { FilterQuery } from './to-opensearch-filter.ts'

export interface WeighQueryOptions {
  readonly client: Client
  readonly index: string
  /** The chunks that the run may read. */
  readonly readable: FilterQuery
  readonly signal: AbortSignal
}

/** OpenSearch allows 1,024 conditions in a query. */
const MAX_TERMS = 500

/**
 * Returns the weight of each term of a query: rare terms weigh more. OpenSearch's own scores count the chunks of all
 * tenants of a shard, so that one tenant changes the order of another, and could find out which words its documents have.
 * Here only the chunks count that the run may read.
 */
export async function weighQuery(
  query: string,
  { client, index, readable, signal }: WeighQueryOptions,
): Promise<ReadonlyMap<string, number>> {
  const terms = [...weighTerms(query, await languageOf(query))].slice(0, MAX_TERMS)
  if (terms.length === 0) return new Map()
  const filters = terms.map(([term]) => ({ term: { terms: { value: term } } }))
  const body = {
    size: 0,
    track_total_hits: true,
    query: { bool: { filter: [readable] } },
    aggs: { terms: { filters: { filters } } },
  }
  const call = client.search({ index, allow_partial_search_results: false, body })
  const result: SearchCounts = (await stoppable(call, signal)).body as unknown as SearchCounts
  const total = result.hits.total.value
  const counts = result.aggregations.terms.buckets
  return new Map(terms.map(([term, weight], at) => [term, weight * rarity(counts[at]?.doc_count ?? 0, total)]))
}

interface SearchCounts {
  readonly hits: { readonly total: { readonly value: number } }
  readonly aggregations: { readonly terms: { readonly buckets: readonly { readonly doc_count: number }[] } }
}

/** The inverse document frequency of BM25. */
function rarity(count: number, total: number): number {
  const known = Math.max(1, count)
  return Math.log(1 + (Math.max(total, known) - known + 0.5) / (known + 0.5))
}
