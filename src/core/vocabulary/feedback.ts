/** A reader's rating of an answer. */
export type Rating = 'up' | 'down'

/** All ratings. */
export const RATINGS = ['up', 'down'] as const satisfies readonly Rating[]

/** A reader's feedback on the answer of a turn. */
export interface Feedback {
  /** The rating. */
  readonly rating: Rating
  /** The reader's own words, with line breaks. */
  readonly comment?: string
}

/** Returns true if two values are the same feedback, or both none. */
export function isSameFeedback(one: Feedback | undefined, other: Feedback | undefined): boolean {
  return one?.rating === other?.rating && one?.comment === other?.comment
}
