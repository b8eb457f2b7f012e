/** The ways to handle thoughts that a model writes into its text. */
export const THINKING_MODES = ['auto', 'opened', 'keep'] as const

/** The handling of thoughts that a model writes into its text. */
export type ThinkingMode = (typeof THINKING_MODES)[number]

/** Remembers for a model object if its answers begin inside a thought. */
export interface ThinkingMemory {
  /**
   * Returns true if an answer with this start may begin inside a thought; `undefined` if more text is needed.
   * @param name the name of the model in a chunk
   */
  mayBeOpened(name: unknown, text: string): boolean | undefined
  /** Records that an answer began inside a thought, or that it unexpectedly did not. */
  learn(opened: boolean): void
}

// Models whose prompt templates end with the opening tag, so that they only write the closing one; and models whose vendors
// send thoughts in a separate field, never in the text.
const OPENING_TEMPLATES = /(?:^|[^a-z0-9])(?:r1|qwq|thinking|think|reasoner|reasoning)(?:[^a-z]|$)/iu
const OWN_FIELD = /gemini|claude|gpt-|grok|(?:^|\/)o\d|no[nt]?[-_]?(?:think|reason)/iu

// Typical first words of a thought. An answer that begins with one is delayed, but not lost.
const OPENING_WORDS = ['okay', 'ok', 'alright', 'hm', 'hmm', 'hmmm', '嗯', '好的', '好']
// Including blanks, so that a model that only sends blanks is not held back.
const LONGEST_START = 64
const OPENS_AS_THOUGHT = new RegExp(String.raw`^\s*(?:${OPENING_WORDS.join('|')})(?=[\s\p{P}])`, 'iu')

/** Creates the memory of one model object. */
export function createThinkingMemory(mode: ThinkingMode, model: string): ThinkingMemory {
  let learned: boolean | undefined
  return {
    mayBeOpened(name, text) {
      if (mode === 'opened') return true
      if (learned !== undefined) return learned
      const names = [model, name].filter((word) => typeof word === 'string')
      if (names.some((word) => OWN_FIELD.test(word))) return false
      if (names.some((word) => OPENING_TEMPLATES.test(word)) || OPENS_AS_THOUGHT.test(text)) return true
      return mayOpenAsThought(text) ? undefined : false
    },
    learn(opened) {
      learned = opened
    },
  }
}

/** Returns true if the text may be the start of a first word of a thought. */
function mayOpenAsThought(text: string): boolean {
  const start = text.trimStart().toLowerCase()
  return text.length <= LONGEST_START && OPENING_WORDS.some((word) => word.startsWith(start))
}
