import type { KnowledgeNames } from './knowledge-names.ts'

/** Returns the functions that change an index. */
export function knowledgeFunctions(names: KnowledgeNames): string {
  return `${removeDocuments(names)}\n${commitChange(names)}`
}

// Functions, because a statement of a transaction must read what an earlier one has written.
function removeDocuments({ remove, scopes, documents, chunks, postings, vectors }: KnowledgeNames): string {
  return `
    create or replace function ${remove}(removed bigint[], has_vectors boolean)
    returns void language plpgsql as $function$
    declare
      segments bigint[] := array(select distinct segment from ${documents} where document = any(removed));
    begin
      if cardinality(removed) = 0 then
        return;
      end if;
      -- Writes the segments again without the hits of the removed documents.
      with old as (
        delete from ${postings} where segment = any(segments) returning *
      ), kept as (
        select segment, scope_id, bucket, term, hit, count, length,
          row_number() over (partition by segment, scope_id, bucket order by term, hit) as place,
          row_number() over (partition by segment, scope_id, bucket, term order by hit) = 1 as is_first
        from old, unnest(old.terms, old.starts, old.starts[2:]) as t(term, start, next),
          lateral (select coalesce(next - 1, cardinality(old.hits)) as last) part,
          unnest(old.hits[start : last], old.counts[start : last], old.lengths[start : last]) as u(hit, count, length)
        where segment + (hit >> 20) <> all(removed)
      )
      insert into ${postings} (segment, scope_id, bucket, terms, starts, hits, counts, lengths)
      select segment, scope_id, bucket, array_agg(term order by place) filter (where is_first),
        array_agg(place order by place) filter (where is_first),
        array_agg(hit order by place), array_agg(count order by place), array_agg(length order by place)
      from kept group by segment, scope_id, bucket;
      if has_vectors then
        delete from ${vectors} where document = any(removed);
      end if;
      delete from ${chunks} where document = any(removed);
      update ${scopes} s
      set documents = s.documents - gone.documents, chunks = s.chunks - gone.chunks, lengths = s.lengths - gone.lengths
      from (
        select scope_id, count(*) as documents, sum(chunks) as chunks, sum(lengths) as lengths
        from ${documents} where document = any(removed) group by scope_id
      ) gone where s.scope_id = gone.scope_id;
      delete from ${documents} where document = any(removed);
    end
    $function$;`
}

/** Returns the SQL expression of the state in the row `known`. */
export const STATE = `json_build_object(
    'revision', known.revision, 'embedderId', known.embedder_id, 'dimensions', known.dimensions,
    'documents', known.documents, 'chunks', known.chunks
  )`

function commitChange(names: KnowledgeNames): string {
  return `
    create or replace function ${names.commit}(its_change json, its_documents json, its_chunks json, its_postings json)
    returns json language plpgsql set jit = off set plan_cache_mode = force_custom_plan as $function$
    declare
      its record;
      known record;
      has_vectors boolean;
      first bigint;
    begin
      ${lockIndex(names)}
      ${removeEarlier(names)}
      ${addDocuments(names)}
      ${addChunks(names)}
      ${concludeCommit(names)}
    end
    $function$;`
}

function lockIndex({ state }: KnowledgeNames): string {
  return `
      if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'ragwire needs the transaction isolation level read committed';
      end if;
      select * into its from json_to_record(its_change)
        as change(clear boolean, embedder_id text, dimensions integer, removals json, versions json);
      -- Held to the end of the transaction, so that commits follow one another and cannot deadlock.
      select * into known from ${state} for update;
      if not found then
        return json_build_object('conflict', null);
      end if;

      -- A clear makes room for any space.
      if not its.clear and (case
        when known.embedder_id is null then its.embedder_id is not null and known.chunks > 0
        when its.embedder_id is null then json_array_length(its_chunks) > 0
        else (known.embedder_id, known.dimensions) <> (its.embedder_id, its.dimensions)
      end) then
        return json_build_object('conflict', ${STATE});
      end if;`
}

function removeEarlier({ remove, scopes, documents, chunks, postings, vectors }: KnowledgeNames): string {
  return `
      if its.clear then
        delete from ${postings};
        delete from ${chunks};
        delete from ${documents};
        delete from ${scopes};
        if known.embedder_id is not null then
          delete from ${vectors};
        end if;
        known.embedder_id := null;
        known.dimensions := null;
      end if;
      has_vectors := known.embedder_id is not null or its.embedder_id is not null;

      perform ${remove}(array(
        select d.document from ${scopes} s join ${documents} d using (scope_id)
        join (
          select scope, document_id from json_to_recordset(its.removals) as key(scope text, document_id text)
          union all
          select scope, document_id from json_to_recordset(its_documents) as key(scope text, document_id text)
        ) key on key.scope = s.scope and key.document_id = d.document_id
      ), has_vectors);`
}

function addDocuments({ scopes, documents }: KnowledgeNames): string {
  return `
      first := known.next_document;
      insert into ${scopes} (scope)
      select distinct scope from json_to_recordset(its_documents) as added(scope text)
      where not exists (select from ${scopes} s where s.scope = added.scope);
      insert into ${documents} (
        scope_id, document_id, document, segment, chunks, lengths, hash, version, record, filterable
      )
      select s.scope_id, added.document_id, first + number, first + added.segment,
        added.chunks, added.lengths, hash, version, record, filterable
      from json_to_recordset(its_documents) as added(
        scope text, document_id text, number integer, segment integer, chunks integer, lengths bigint, hash text, version text,
        record json, filterable jsonb
      ) join ${scopes} s using (scope);
      update ${scopes} s
      set documents = s.documents + added.documents, chunks = s.chunks + added.chunks, lengths = s.lengths + added.lengths
      from (
        select scope_id, count(*) as documents, sum(chunks) as chunks, sum(lengths) as lengths
        from ${documents} where document >= first group by scope_id
      ) added where s.scope_id = added.scope_id;`
}

function addChunks({ scopes, chunks, postings, vectors }: KnowledgeNames): string {
  return `
      if its.embedder_id is null then
        insert into ${chunks} (document, position, record)
        select first + number, position, record
        from json_to_recordset(its_chunks) as added(number integer, position integer, record json);
      else
        -- One pass, because each pass parses all vectors.
        with added as materialized (
          select first + number as document, position, record, embedding
          from json_to_recordset(its_chunks) as added(number integer, position integer, record json, embedding text)
        ), chunk as (
          insert into ${chunks} (document, position, record) select document, position, record from added
        )
        insert into ${vectors} (document, position, embedding)
        select document, position, embedding::vector from added;
      end if;
      insert into ${postings} (segment, scope_id, bucket, terms, starts, hits, counts, lengths)
      select first + added.segment, s.scope_id, bucket, terms,
        starts::integer[], hits::integer[], counts::integer[], added.lengths::integer[]
      from json_to_recordset(its_postings) as added(
        segment bigint, scope text, bucket integer, terms text[], starts text, hits text, counts text, lengths text
      ) join ${scopes} s using (scope);`
}

function concludeCommit({ state, scopes, documents }: KnowledgeNames): string {
  return `
      update ${documents} d set version = change.version
      from json_to_recordset(its.versions) as change(scope text, document_id text, hash text, version text)
      join ${scopes} s using (scope)
      where d.scope_id = s.scope_id and d.document_id = change.document_id and d.hash = change.hash;
      delete from ${scopes} where documents = 0;
      update ${state} set
        revision = gen_random_uuid(),
        embedder_id = coalesce(its.embedder_id, known.embedder_id),
        dimensions = coalesce(its.dimensions, known.dimensions),
        documents = (select coalesce(sum(s.documents), 0) from ${scopes} s),
        chunks = (select coalesce(sum(s.chunks), 0) from ${scopes} s),
        next_document = first + json_array_length(its_documents)
      returning * into known;
      return ${STATE};`
}
