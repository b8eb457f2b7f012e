/** What to do with thoughts that a model writes into its text. */
export type ThinkingMode = 'auto' | 'opened' | 'keep'

/** What a model object has learned about the thoughts of its model. */
export interface ThinkingMemory {
  /**
   * Whether an answer may begin inside a thought.
   * @param name the model's name as a chunk says it
   */
  mayBeOpened(name: unknown): boolean
  /** Notes that an answer began inside a thought, or that it did not although that was expected. */
  learn(opened: boolean): void
}

// Their prompt templates end with the opening tag, so that the model only writes the closing one. What has a field of
// its own for thoughts is recognised by it, and these vendors never write them into the text.
const OPENING_TEMPLATES = /(?:^|[^a-z0-9])(?:r1|qwq|thinking|think|reasoner|reasoning)(?:[^a-z]|$)/iu
const OWN_FIELD = /gemini|claude|gpt-|grok|(?:^|\/)o\d|no[nt]?[-_]?(?:think|reason)/iu

/** Starts the memory of one model object. */
export function createThinkingMemory(mode: ThinkingMode, model: string): ThinkingMemory {
  let learned: boolean | undefined
  const suggests = (name: unknown): boolean =>
    typeof name === 'string' && OPENING_TEMPLATES.test(name) && !OWN_FIELD.test(name)
  return {
    mayBeOpened: (name) => mode === 'opened' || (learned ?? (suggests(model) || suggests(name))),
    learn(opened) {
      learned = opened
    },
  }
}
