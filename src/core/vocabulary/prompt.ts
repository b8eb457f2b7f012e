import type { Source } from './sources.ts'
import type { Message } from './chat-model.ts'

/** The input of a {@link PromptBuilder}. */
export interface PromptInput {
  /** The question as the reader asked it. */
  readonly question: string
  /** The numbered sources, their texts as they were retrieved; empty when the run answers without. */
  readonly sources: readonly Source[]
  /** The conversation so far, within the budget, without its markers; system messages of the caller come first. */
  readonly history: readonly Message[]
  /** A random word of this run, for delimiters that no document can know. */
  readonly fence: string
}

/** Makes the messages of a prompt. */
export type PromptBuilder = (input: PromptInput) => readonly Message[]

/** Parts of the built-in prompt that may be replaced; a part that is left out stays as it is. */
export interface PromptParts {
  /** The rules for the use of the sources. @defaultValue `ANSWER_RULES` */
  readonly rules?: string | undefined
  /** The instructions when there is no source. @defaultValue `WITHOUT_SOURCES` */
  readonly withoutSources?: string | undefined
  /** Makes the text between the delimiters of a source. Look-alikes of markers in it are neutralised before. */
  readonly formatSource?: ((source: Source) => string) | undefined
}
