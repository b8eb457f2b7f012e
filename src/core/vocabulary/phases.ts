/** The phases of a turn, in their order. */
export const PHASES = ['condensing', 'retrieving', 'reranking', 'generating'] as const

/** A phase of a turn. */
export type Phase = (typeof PHASES)[number]
