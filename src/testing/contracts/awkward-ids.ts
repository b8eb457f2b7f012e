/** Ids come from outside: whatever means something to a language, a path or a pattern, or looks like another. */
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

// Two of them in a row are the same text in two ways, with what is put between them or with nothing.
const GLUED_IDS = ['a', 'aa', 'a:a', 'a/a', 'a|a', 'a-a', 'a.a', 'a,a', 'a a', 'a","a']

/** Pairs of ids that a key of two parts must tell from one another. */
export const AWKWARD_PAIRS: readonly (readonly [string, string])[] = [
  ...AWKWARD_IDS.map((id) => [id, id] as const),
  ...AWKWARD_IDS.map((id) => ['of one', id] as const),
  ...GLUED_IDS.flatMap((first) => GLUED_IDS.map((second) => [first, second] as const)),
]
