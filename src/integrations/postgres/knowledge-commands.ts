import { LEAST_RARITY } from '../../knowledge/search/rarity.ts'
import { BM25, HIGHEST_SCORE_OF_A_TERM, MISSING_WORDS, OTHER_TEXTS } from '../../knowledge/search/bm25.ts'
import { STATE } from './knowledge-functions.ts'
import type { KnowledgeNames } from './knowledge-names.ts'

/** The SQL statements of an index. */
export interface KnowledgeCommands {
  /** Returns the state. */
  readonly state: string
  /** Applies a change. `$1` to `$4` as `encodeChange` returns them. */
  readonly commit: string
  /** Returns a page of entries. `$1` scope, `$2` the id before it, `$3` limit. */
  readonly manifest: string
  /** Returns a document. `$1` scope, `$2` id. */
  readonly document: string
  /** Searches by terms. `$1` scopes, `$2` path and `$3` values of the filter or null, `$4` limit, `$5` terms, weights and buckets. */
  readonly searchTerms: string
  /** Searches by a vector. `$1` to `$4` as above, `$5` the vector. */
  readonly searchExact: string
  /** Searches by a vector and its HNSW index. `$1` to `$5` as above, `$6` the number of candidates, `$7` the threshold. */
  readonly searchHnsw: string
}

const STORED_DOCUMENT = `json_build_object(
    'scope', s.scope, 'documentId', d.document_id, 'hash', d.hash, 'version', d.version, 'record', d.record
  )`

/** Returns the statements for the tables of these names. */
export function knowledgeCommands(names: KnowledgeNames): KnowledgeCommands {
  const { state, commit, scopes, documents, chunks, searchExact, searchHnsw } = names
  return {
    state: `select ${STATE}::text as answer from ${state} known`,

    commit: `select ${commit}($1::text::json, $2::text::json, $3::text::json, $4::text::json)::text as answer`,

    manifest: `
select coalesce(json_agg(entry order by document_id), '[]')::text as answer from (
  select d.document_id, json_build_object('scope', scope, 'documentId', d.document_id, 'hash', hash, 'version', version) as entry
  from ${documents} d join ${scopes} s using (scope_id)
  where s.scope = $1::text and ($2::text is null or d.document_id > $2::text) order by d.document_id limit $3::bigint
) as page`,

    document: `
select json_build_object('document', ${STORED_DOCUMENT}, 'chunks', (
  select coalesce(json_agg(c.record order by c.position), '[]') from ${chunks} c where c.document = d.document
))::text as answer
from ${documents} d join ${scopes} s using (scope_id) where s.scope = $1::text and d.document_id = $2::text`,

    searchTerms: searchTerms(names),
    searchExact: `select ${searchExact}($1::text::json, $2::text, $3::text, $4::bigint, $5::text)::text as answer`,
    searchHnsw: `
select ${searchHnsw}($1::text::json, $2::text, $3::text, $4::bigint, $5::text, $6::integer, $7::bigint)::text as answer`,
  }
}

/** Returns the SQL expression of the ids of the scopes of a search. */
export function scopeIds({ scopes }: KnowledgeNames, json: string): string {
  return `array(
    select scope_id from ${scopes} where scope = any(array(select json_array_elements_text(${json})))
  )`
}

/** Returns the SQL condition that the filter allows the document `d`. */
export function isAllowed(path: string, values: string): string {
  return `(${path} is null or jsonb_path_match(d.filterable, ${path}::jsonpath, ${values}::jsonb))`
}

/** Returns the query of the hits of the rows of `nearest`, with the columns `document`, `position` and `score`. */
export function hitsOf({ scopes, documents, chunks }: KnowledgeNames, limit: string): string {
  return `
  select coalesce(json_agg(hit order by score desc, scope, document_id, position), '[]') from (
    select score, scope, document_id, position, json_build_object(
      'document', ${STORED_DOCUMENT}, 'chunk', c.record, 'position', position, 'score', score
    ) as hit
    from nearest join ${documents} d using (document) join ${scopes} s using (scope_id)
    join ${chunks} c using (document, position)
    order by score desc, scope, document_id, position limit ${limit}
  ) as ranked`
}

// Parts of a score are rounded to whole numbers. So their sum does not depend on their order, and equal scores are equal.
const UNIT = '1e15'

// The formula of `createScorer`.
function searchTerms(names: KnowledgeNames): string {
  const { scopes, documents, postings } = names
  return `
with query as materialized (
  select pair ->> 0 as term, (pair ->> 1)::float8 as weight, (pair ->> 2)::integer as bucket
  from json_array_elements($5::text::json) as pair
), texts as materialized (
  select sum(chunks)::float8 + ${OTHER_TEXTS} as total, sum(lengths)::float8 / nullif(sum(chunks), 0)::float8 as average
  from ${scopes} where scope_id = any(${scopeIds(names, '$1::text::json')})
), found as materialized (
  select p.segment + (hit >> 20) as document, hit & 1048575 as position, query.term,
    count::float8 as count, length::float8 as length
  from ${postings} p join query using (bucket),
    lateral (select array_position(p.terms, query.term) as place) at,
    lateral (select p.starts[place] as start, coalesce(p.starts[place + 1] - 1, cardinality(p.hits)) as last) part,
    unnest(p.hits[start : last], p.counts[start : last], p.lengths[start : last]) as u(hit, count, length)
  where p.scope_id = any(${scopeIds(names, '$1::text::json')}) and p.bucket = any(array(select bucket from query))
    and place is not null
), frequencies as materialized (
  select term, weight, greatest(
    ln(1 + (total - known + 0.5) / (known + 0.5)), ${LEAST_RARITY} * ln(1 + (total - 0.5) / 1.5)
  ) as rarity
  from texts, query left join (select term, count(*) as frequency from found group by term) f using (term),
  lateral (select greatest(1, frequency)::float8 as known) k
), rarities as materialized (
  select term, weight, weight * case when weight < 1 then least(rarity, rarest) else rarity end as factor
  from frequencies, (select max(rarity) as rarest from frequencies where weight >= 1) r
), divided as materialized (
  select term, factor / (
    (select sum(factor) * ${HIGHEST_SCORE_OF_A_TERM} * (sum(weight) + ${MISSING_WORDS}) / sum(weight) from rarities)
  ) as factor from rarities
), nearest as materialized (
  select document, position, sum((
    factor * (${BM25.d} + count * ${BM25.k + 1} / (count + ${BM25.k} * (1 - ${BM25.b} + ${BM25.b} * length / average))) * ${UNIT}
  )::bigint)::bigint / ${UNIT}::float8 as score
  from texts, found join divided using (term)
  where $2::text is null or document in (
    select d.document from ${documents} d
    where d.scope_id = any(${scopeIds(names, '$1::text::json')}) and ${isAllowed('$2::text', '$3::text')}
  )
  group by document, position
  order by score desc fetch first ($4::bigint) rows with ties
)
select (${hitsOf(names, '$4::bigint')})::text as answer`
}
