import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectOptionalFunction, expectString } from '../../core/options/validate.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { listModels, resolveModels, type OpenAIModels } from '../openai-models.ts'
import type { FileSearchTool } from './request.ts'

/**
 * Options of {@link openaiResponses}.
 *
 * @experimental
 */
export interface OpenAIResponsesOptions {
  /**
   * The path below the mount that clients have as their base URL. The routes are `{path}/responses` and those below it.
   * @defaultValue '/v1'
   */
  readonly path?: string | undefined
  /**
   * The names of models that clients may ask for; `'any'` serves every name. The response repeats the name, which
   * does not choose a model. A request without a name gets the first one. @defaultValue ['ragwire']
   */
  readonly models?: readonly string[] | 'any' | undefined
  /**
   * Converts the `file_search` tool of a request, with its `vector_store_ids` and `filters`, to the `filter` of the chat;
   * `undefined` for none. Throw an error of `invalidInput` to refuse it. @defaultValue none: `vector_store_ids` are
   * ignored, and a request with `filters` is refused
   */
  readonly toFilter?: ((tool: FileSearchTool) => unknown) | undefined
  /**
   * The search in the output. `'with-results'`: a `file_search_call` item with the text of the sources. `'on-request'`: with
   * the text only if `include` has `file_search_call.results`, as the API of OpenAI does. `'none'`: no item, for clients
   * that know only the items of Open Responses; then sources without a URL are not cited.
   * @defaultValue 'with-results'
   */
  readonly fileSearch?: 'with-results' | 'on-request' | 'none' | undefined
}

/** The options, complete. */
export interface ResolvedResponsesOptions {
  /** The path below the mount. */
  readonly path: string
  /** The names that are served. */
  readonly models: OpenAIModels
  /** The name for a request without one. */
  readonly defaultModel: string
  /** See {@link OpenAIResponsesOptions.toFilter}. */
  readonly toFilter: OpenAIResponsesOptions['toFilter']
  /** See {@link OpenAIResponsesOptions.fileSearch}. */
  readonly fileSearch: 'with-results' | 'on-request' | 'none'
}

/**
 * Checks the options.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function resolveOptions(options: OpenAIResponsesOptions): ResolvedResponsesOptions {
  expectOptions(options, OPTIONS, { of: 'openaiResponses' })
  const { fileSearch = 'with-results' } = options
  const models = resolveModels(options.models)
  const [defaultModel] = listModels(models)
  if (!MODES.has(fileSearch)) {
    throw invalidInput('fileSearch', `Cannot use fileSearch: it must be one of ${[...MODES].join(', ')}`)
  }
  return {
    path: expectString('path', options.path) ?? '/v1',
    models,
    defaultModel,
    toFilter: expectOptionalFunction('toFilter', options.toFilter),
    fileSearch,
  }
}

const OPTIONS: OptionNames<OpenAIResponsesOptions> = { path: true, models: true, toFilter: true, fileSearch: true }

const MODES: ReadonlySet<unknown> = new Set(['with-results', 'on-request', 'none'])
