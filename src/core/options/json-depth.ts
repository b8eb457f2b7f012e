/** Deepest nesting of metadata in a result: what reads JSON back calls itself for each level. */
export const MAX_JSON_DEPTH = 64
