import type { KnowledgeNames } from './knowledge-names.ts'

/** A check of an index. */
export interface KnowledgeCheck {
  /** Returns the number of rows that are wrong. */
  readonly sql: string
  /** Returns the sentence about them. */
  readonly say: (count: number) => string
}

const REPAIR = 'index its documents again in a change with clear: true'

/** Returns the checks of an index: the parts must agree with one another. */
export function knowledgeChecks(names: KnowledgeNames, { hasVectors }: { readonly hasVectors: boolean }) {
  return [...partChecks(names), ...statisticChecks(names), ...(hasVectors ? vectorChecks(names) : [])]
}

function partChecks({ scopes, documents, chunks, postings }: KnowledgeNames): readonly KnowledgeCheck[] {
  return [
    {
      sql: `select count(*) from ${documents} d where not exists (select from ${scopes} s where s.scope_id = d.scope_id)`,
      say: (count) => `${count} documents have no scope; ${REPAIR}`,
    },
    {
      sql: `
select count(*) from ${documents} d
left join (select document, count(*) as found, max(position) as last from ${chunks} group by document) c using (document)
where coalesce(c.found, 0) <> d.chunks or coalesce(c.last, -1) <> d.chunks - 1`,
      say: (count) => `${count} documents do not have the chunks that they were stored with; ${REPAIR}`,
    },
    {
      sql: `select count(*) from ${chunks} c where not exists (select from ${documents} d where d.document = c.document)`,
      say: (count) => `${count} chunks have no document; ${REPAIR}`,
    },
    {
      sql: `
select count(*) from ${documents} d
full join (
  select p.segment + (hit >> 20) as document, min(p.scope_id) as scope_id, max(p.scope_id) as other, count(*) as lengths
  from ${postings} p, unnest(p.hits) hit group by 1
) p using (document)
where d.document is null or coalesce(p.lengths, 0) <> d.lengths or p.scope_id <> d.scope_id or p.other <> d.scope_id`,
      say: (count) =>
        `${count} documents do not have the entries of the text index that they were stored with; ${REPAIR}`,
    },
    {
      sql: `
select count(*) from ${postings} where cardinality(hits) <> cardinality(counts) or cardinality(hits) <> cardinality(lengths) or cardinality(hits) = 0
  or cardinality(terms) <> cardinality(starts) or starts[1] <> 1 or starts[cardinality(starts)] > cardinality(hits)`,
      say: (count) => `${count} rows of the text index are damaged; ${REPAIR}`,
    },
  ]
}

function statisticChecks({ state, scopes, documents }: KnowledgeNames): readonly KnowledgeCheck[] {
  return [
    {
      sql: `
select count(*) from ${scopes} s
left join (
  select scope_id, count(*) as documents, sum(chunks) as chunks, sum(lengths) as lengths from ${documents} group by scope_id
) d using (scope_id)
where (s.documents, s.chunks, s.lengths) is distinct from (d.documents, d.chunks::bigint, d.lengths::bigint)`,
      say: (count) => `The statistics of ${count} scopes differ from their documents; ${REPAIR}`,
    },
    {
      sql: `
select count(*) from ${state} where documents <> (select count(*) from ${documents})
  or chunks <> (select coalesce(sum(d.chunks), 0) from ${documents} d)`,
      say: () => `The totals of the index differ from its documents; ${REPAIR}`,
    },
  ]
}

function vectorChecks({ state, chunks, vectors }: KnowledgeNames): readonly KnowledgeCheck[] {
  return [
    {
      sql: `
select count(*) from ${chunks} c, ${state} k
where k.embedder_id is not null
  and not exists (select from ${vectors} v where v.document = c.document and v.position = c.position)`,
      say: (count) => `${count} chunks have no vector; ${REPAIR}`,
    },
    {
      sql: `
select count(*) from ${vectors} v
where not exists (select from ${chunks} c where c.document = v.document and c.position = v.position)`,
      say: (count) => `${count} vectors have no chunk; ${REPAIR}`,
    },
    {
      sql: `select count(*) from ${vectors}, ${state} k where vector_dims(embedding) is distinct from k.dimensions`,
      say: (count) => `${count} vectors do not have the dimensions of the index; ${REPAIR}`,
    },
  ]
}

/** Returns the statement that counts for each check, as one snapshot. */
export function inspectionOf(checks: readonly KnowledgeCheck[]): string {
  return `select json_build_array(${checks.map(({ sql }) => `(${sql})`).join(', ')})::text as answer`
}
