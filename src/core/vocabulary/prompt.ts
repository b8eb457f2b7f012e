import type { Source } from './sources.ts'
import type { Message } from './chat-model.ts'

/** Text around a source that only the model reads. */
export interface Surroundings {
  /** Text that stands before the source. */
  readonly before?: string | undefined
  /** Text that stands after the source. */
  readonly after?: string | undefined
}

/** The input of a {@link PromptBuilder}. */
export interface PromptInput {
  /** The question as the reader asked it. */
  readonly question: string
  /** The numbered sources, with their texts as retrieved; empty if the run has none. */
  readonly sources: readonly Source[]
  /** The text around sources, by their numbers; absent if no chunk has any. */
  readonly surroundings?: ReadonlyMap<number, Surroundings>
  /** The earlier messages, within the budget, without citation markers; system messages of the caller come first. */
  readonly history: readonly Message[]
  /** A random word of this run, for delimiters that no document can guess. */
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
  /**
   * Makes the text between the delimiters of a source. Text of the source that looks like a marker is neutralised
   * before.
   */
  readonly formatSource?: ((source: Source) => string) | undefined
}
