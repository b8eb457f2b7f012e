/** The phases of a turn, in their order. */
export const PHASES = ['condensing', 'retrieving', 'reranking', 'generating'] as const

/** What a turn is doing. */
export type Phase = (typeof PHASES)[number]
