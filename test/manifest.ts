import guarantees from './guarantees.json' with { type: 'json' }

/** The table of what must hold: a group, its ids, and the sentence of each. */
export const GUARANTEES: Readonly<Record<string, Readonly<Record<string, string>>>> = guarantees

/**
 * Every id that the tests must prove: promises (P), rules of the protocol (E, S, N, X, R), transport cases (T), faults (F),
 * and reports from the field about models and hosts (A), citations (B), security and load (C) and first hours (D). A suffix
 * such as `-store` names the half of one that needs that part. A test proves an id by beginning its title with it,
 * `it('F9: ends as upstream-stalled ...')`, or with several, `it('P5, F25: ...')`.
 */
export const IDS: readonly string[] = Object.values(GUARANTEES).flatMap((group) => Object.keys(group))

/** The ids of parts that do not exist yet. The list only shrinks: an id that gets its test leaves it. */
export const DEFERRED: readonly string[] = []
