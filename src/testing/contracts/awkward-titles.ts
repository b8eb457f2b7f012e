/** Titles with a meaning in a language or a pattern, or in forms that careless code changes. */
export const AWKWARD_TITLES: readonly string[] = [
  '100 % sure',
  'snake_case',
  'C:\\new\\table',
  `"double" and 'single'`,
  "'; drop table turns; --",
  '^(a|b)*$ [x] {1} ?',
  '👩‍🚀 in space 😀',
  'שלום עולם',
  '\u202eright to left\u202c',
  'İstanbul',
  'Straße',
  'e\u0301tude',
  '猫と犬',
  '__proto__',
  'null',
]
