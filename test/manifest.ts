const STORE_HALVES = ['F2', 'F9', 'F10', 'F15', 'F20', 'F25', 'F26', 'F28'].map((fault) => `${fault}-store`)

/**
 * Every id that the tests must prove: promises (P), transport cases (T), faults (F), and what was seen in the field of
 * models and hosts (A), citations (B), security and load (C) and first hours (D). A suffix such as `-store` names the
 * half of one that needs that part. A test proves an id by beginning its title with it,
 * `it('F9: ends as upstream-stalled ...')`, or with several, `it('P5, F25: ...')`.
 */
export const IDS: readonly string[] = [
  ...range('P', 1, 10),
  ...range('T', 1, 25),
  ...range('F', 1, 54),
  ...STORE_HALVES,
  'T22-nginx',
  ...range('A', 1, 19),
  ...range('B', 1, 26),
  ...range('C', 1, 13),
  ...range('D', 1, 7),
]

/** The ids of parts that do not exist yet. The list only shrinks: an id that gets its test leaves it. */
export const DEFERRED: readonly string[] = [...range('B', 3, 8), ...range('B', 10, 16), ...range('B', 18, 26)]

function range(letter: string, first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${letter}${first + index}`)
}
