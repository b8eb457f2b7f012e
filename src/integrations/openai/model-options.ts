import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { expectFunction, expectMethods, expectOneOf } from '../../core/options/validate.ts'
import { DEFAULT_MAX_EVENT_BYTES } from '../../encoders/sse-parser.ts'
import { createThinkingMemory, THINKING_MODES, type ThinkingMemory, type ThinkingMode } from './text/thinking-memory.ts'

/** The options that the models of both APIs have. */
export interface ModelOptions {
  /** Name of the model on the server. */
  readonly model: string
  /** Maximum number of characters of one event of the stream. @defaultValue 1 MiB */
  readonly maxEventBytes?: number | undefined
  /**
   * Additional fields of the request body. They override the fields of this library and are sent unchanged; `undefined`
   * leaves a field out.
   */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
  /**
   * Handling of thoughts that a model writes into its text, between tags such as `<think>` at the beginning. They are
   * removed from the answer but count as activity. `auto` also recognises models whose prompt template has the opening tag:
   * by their name (such as `deepseek-r1` or `qwq`), by an earlier answer, or by the first words of a thought ("Okay, the
   * user …"). Their text is held back until the closing tag. `opened` assumes this for every model; `keep` treats all text
   * as the answer.
   * @defaultValue `auto`
   */
  readonly thinking?: ThinkingMode | undefined
}

/** The names of these options. */
export const MODEL_OPTIONS: OptionNames<ModelOptions> = {
  model: true,
  maxEventBytes: true,
  extraBody: true,
  thinking: true,
}

/** The checked options of a model. */
export interface ResolvedModelOptions {
  /** Name of the model on the server. */
  readonly model: string
  /** Maximum number of characters of one event of the stream. */
  readonly maxEventBytes: number
  /** Additional fields of the request body. */
  readonly extraBody: Readonly<Record<string, unknown>>
  /** Recognises thoughts in the text; absent to keep them. */
  readonly thinking: ThinkingMemory | undefined
}

/**
 * Checks the options of a model and applies the defaults. `method` is the method of the client that is called.
 *
 * @throws TypeError if an option is invalid
 */
export function resolveModelOptions(
  options: ModelOptions & { readonly client: unknown },
  method: { readonly name: string; readonly value: unknown },
): ResolvedModelOptions {
  const { client, model, extraBody = {} } = options
  expectMethods('client', client, 'a client of the openai package', [])
  expectFunction(method.name, method.value)
  expectMethods('extraBody', extraBody, 'an object', [])
  if (typeof model !== 'string' || model === '')
    throw invalidInput('model', 'Cannot use model: it must be the name of a model, which is not empty')
  const maxEventBytes = countOption('maxEventBytes', options.maxEventBytes, DEFAULT_MAX_EVENT_BYTES)
  const mode = expectOneOf('thinking', options.thinking ?? 'auto', THINKING_MODES)
  const thinking = mode === 'keep' ? undefined : createThinkingMemory(mode, model)
  return { model, maxEventBytes, extraBody, thinking }
}
