import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { FileSearchTool } from './request.ts'

/**
 * Options of {@link openaiResponses}.
 *
 * @experimental
 */
export interface OpenAIResponsesOptions {
  /** The path of the routes. A client has the part before `/responses` as its `baseURL`. @defaultValue '/v1/responses' */
  readonly path?: string | undefined
  /**
   * The names of models that clients may ask for; `'any'` serves every name. The name is only echoed: the chat has its
   * model. The first one is the name for a request without one. @defaultValue ['ragwire']
   */
  readonly models?: readonly [string, ...string[]] | 'any' | undefined
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
  /** The first path. */
  readonly path: string
  /** The names that are served. */
  readonly models: readonly string[] | 'any'
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
  const { path = '/v1/responses', models = ['ragwire'], toFilter, fileSearch = 'with-results' } = options
  if (typeof path !== 'string') throw invalidInput('path', 'Cannot use path: it must be a string such as /v1/responses')
  if (models !== 'any' && !isListOfNames(models)) {
    throw invalidInput('models', "Cannot use models: it must be 'any' or a list of names such as ['ragwire']")
  }
  if (toFilter !== undefined && typeof toFilter !== 'function') {
    throw invalidInput('toFilter', 'Cannot use toFilter: it must be a function that returns a filter')
  }
  if (!MODES.has(fileSearch)) {
    throw invalidInput('fileSearch', `Cannot use fileSearch: it must be one of ${[...MODES].join(', ')}`)
  }
  const defaultModel = models === 'any' ? 'ragwire' : models[0]
  return { path, models, defaultModel, toFilter, fileSearch }
}

const OPTIONS: OptionNames<OpenAIResponsesOptions> = { path: true, models: true, toFilter: true, fileSearch: true }

const MODES: ReadonlySet<unknown> = new Set(['with-results', 'on-request', 'none'])

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string' && name !== '')
}
