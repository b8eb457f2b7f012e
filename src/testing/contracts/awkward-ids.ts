/** Ids that clients may send: names with a meaning in a language, a path or a pattern, or ids that look like others. */
export const AWKWARD_IDS: readonly string[] = [
  '__proto__',
  'constructor',
  "'; --",
  '%',
  '../x',
  '猫 😀',
  '*',
  '{a}',
  'b',
  'B',
  ' b',
  'b ',
  '\u00e9',
  'e\u0301',
  'x'.repeat(256),
]

// Joined with a separator or without one, different pairs of these give the same text.
const GLUED_IDS = ['a', 'aa', 'a:a', 'a/a', 'a|a', 'a-a', 'a.a', 'a,a', 'a a', 'a","a']

/** Pairs of ids that a two-part key must distinguish. */
export const AWKWARD_PAIRS: readonly (readonly [string, string])[] = [
  ...AWKWARD_IDS.map((id) => [id, id] as const),
  ...AWKWARD_IDS.map((id) => ['of one', id] as const),
  ...GLUED_IDS.flatMap((first) => GLUED_IDS.map((second) => [first, second] as const)),
]
