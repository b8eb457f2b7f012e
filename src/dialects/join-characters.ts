import { endOfCharacter } from '../core/text/cut-text.ts'

/** Joins the characters of a text that arrives in pieces. */
export interface CharacterJoiner {
  /** Returns the text that is complete with this piece; it may be empty. */
  next(delta: string): string
  /** Returns the rest at the end of the text. */
  end(): string
}

/**
 * Joins a surrogate pair that was cut between two tokens. Clients in Python and Rust cannot do that: an unpaired surrogate
 * in JSON breaks them.
 */
export function createCharacterJoiner(): CharacterJoiner {
  let half = ''
  return {
    next(delta) {
      const text = half + delta
      const end = endOfCharacter(text, text.length)
      half = text.slice(end)
      return text.slice(0, end).toWellFormed()
    },
    end: () => half.toWellFormed(),
  }
}
