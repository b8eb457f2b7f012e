import { hitsOf, isAllowed, scopeIds } from './knowledge-commands.ts'
import type { KnowledgeNames } from './knowledge-names.ts'

/** Returns the functions that search vectors. */
export function vectorFunctions(names: KnowledgeNames): string {
  return `${searchExact(names)}\n${searchHnsw(names)}`
}

// `<#>` is the negated inner product, so that the smallest value is the best.
function searchExact(names: KnowledgeNames): string {
  const { searchExact, state, documents, vectors } = names
  return `
    create or replace function ${searchExact}(
      its_scopes json, its_path text, its_values text, most bigint, its_vector text
    ) returns json language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan as $function$
    declare
      its integer[] := ${scopeIds(names, 'its_scopes')};
    begin
      if (select embedder_id is null from ${state}) then
        return '[]'::json;
      end if;
      return (with nearest as materialized (
        select v.document, v.position, -(v.embedding <#> its_vector::vector) as score
        from ${documents} d join ${vectors} v using (document)
        where d.scope_id = any(its) and ${isAllowed('its_path', 'its_values')}
        order by score desc fetch first (most) rows with ties
      )
      ${hitsOf(names, 'most')});
    end
    $function$;`
}

// For few chunks, an exact search is as fast and misses none. Else the index is read until it has enough rows that the filter
// allows: `hnsw.iterative_scan`. It gives up after `hnsw.max_scan_tuples`; then the exact search takes over. Four times as many
// rows are read as asked for, because those near the last one may be missed. Without `enable_sort = off`, the planner would
// sort all rows of a scope of medium size; that setting inflates its costs, which would start the JIT compiler.
function searchHnsw(names: KnowledgeNames): string {
  const { searchExact, searchHnsw, state, scopes, documents, vectors } = names
  const nearest = `
        with nearest as materialized (
          select v.document, v.position, -((v.embedding::vector(%1$s)) <#> $1::vector(%1$s)) as score
          from ${vectors} v join ${documents} d using (document)
          where vector_dims(v.embedding) = %1$s and d.scope_id = any($2) and ${isAllowed('$3', '$4')}
          order by (v.embedding::vector(%1$s)) <#> $1::vector(%1$s) limit 4 * $5
        )`
  return `
    create or replace function ${searchHnsw}(
      its_scopes json, its_path text, its_values text, most bigint, its_vector text, candidates integer, few bigint
    ) returns json language plpgsql stable set jit = off
    set hnsw.iterative_scan = 'relaxed_order' set hnsw.ef_search = 40 set enable_sort = off as $function$
    declare
      its integer[] := ${scopeIds(names, 'its_scopes')};
      size integer := (select dimensions from ${state});
      allowed bigint := (select sum(chunks) from ${scopes} where scope_id = any(its));
      found json;
    begin
      if its_path is not null and allowed > few then
        allowed := (select sum(chunks) from (
          select chunks from ${documents} d
          where d.scope_id = any(its) and ${isAllowed('its_path', 'its_values')} limit few + 1
        ) d);
      end if;
      if allowed > few then
        perform set_config('hnsw.ef_search', least(1000, greatest(candidates, 2 * most))::text, true);
        execute format($query$${nearest}
        ${hitsOf(names, '$5')}$query$, size) into found using its_vector, its, its_path, its_values, most;
        if json_array_length(found) >= most then
          return found;
        end if;
      end if;
      return ${searchExact}(its_scopes, its_path, its_values, most, its_vector);
    end
    $function$;`
}
