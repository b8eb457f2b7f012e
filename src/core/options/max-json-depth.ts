/** Maximum nesting of metadata in a result, because readers of JSON recurse once per level. */
export const MAX_JSON_DEPTH = 64
