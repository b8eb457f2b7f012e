/** The handling of thoughts that a model writes into its text. */
export type ThinkingMode = 'auto' | 'opened' | 'keep'

/** Remembers for a model object how its model writes thoughts. */
export interface ThinkingMemory {
  /**
   * True if an answer that begins with this text may begin inside a thought; `undefined` if more of it must come first.
   * @param name the model's name as a chunk says it
   */
  mayBeOpened(name: unknown, text: string): boolean | undefined
  /** Notes that an answer began inside a thought, or that it did not although that was expected. */
  learn(opened: boolean): void
}

// Their prompt templates end with the opening tag, so that the model only writes the closing one. What has a field of
// its own for thoughts is recognised by it, and these vendors never write them into the text.
const OPENING_TEMPLATES = /(?:^|[^a-z0-9])(?:r1|qwq|thinking|think|reasoner|reasoning)(?:[^a-z]|$)/iu
const OWN_FIELD = /gemini|claude|gpt-|grok|(?:^|\/)o\d|no[nt]?[-_]?(?:think|reason)/iu

// The first words of most thoughts, in which a model talks to itself. An answer that begins so is only held back.
const OPENING_WORDS = ['okay', 'ok', 'alright', 'hm', 'hmm', 'hmmm', '嗯', '好的', '好']
// Blanks included: a model that sends nothing else must not be waited for.
const LONGEST_START = 64
const OPENS_AS_THOUGHT = new RegExp(String.raw`^\s*(?:${OPENING_WORDS.join('|')})(?=[\s\p{P}])`, 'iu')

/** Starts the memory of one model object. */
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

/** True if more text could make this one of the first words of a thought. */
function mayOpenAsThought(text: string): boolean {
  const start = text.trimStart().toLowerCase()
  return text.length <= LONGEST_START && OPENING_WORDS.some((word) => word.startsWith(start))
}
