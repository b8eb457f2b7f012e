import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { booleanOption } from '../../core/options/options-with-defaults.ts'
import { expectFunction, expectOptionalFunction, expectString } from '../../core/options/validate.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { resolveModels, type OpenAIModels } from '../openai-models.ts'

/** Options of {@link openaiChat}. */
export interface OpenAIChatOptions {
  /**
   * The path below the mount that clients have as their base URL. The routes are `{path}/chat/completions` and
   * `{path}/models`. @defaultValue `/v1`
   */
  readonly path?: string | undefined
  /**
   * The names that clients may send as `model`; `GET {path}/models` lists them. All of them get the same answers. Any other
   * name is refused with 404. `'any'` serves every name, and lists `ragwire`. @defaultValue `['ragwire']`
   */
  readonly models?: readonly string[] | 'any' | undefined
  /** The forms in which the sources are sent. @defaultValue annotations and citations */
  readonly sources?: OpenAIChatSources | undefined
  /**
   * Returns the thread of a request, for a chat with a history: the protocol has no field for it. An empty string, `null`
   * and `undefined` stand for none. `body` is the parsed body, as the client sent it. @defaultValue none: each request is
   * a thread of its own, and a chat without a history uses the messages of the client
   */
  readonly threadId?: ((request: Request, body: unknown) => string | null | undefined) | undefined
  /** Returns the time in milliseconds since 1970, for `created`. It is called once for each answer. @defaultValue `Date.now` */
  readonly now?: (() => number) | undefined
}

/** The forms in which an answer has its sources. A client ignores the forms that it does not know. */
export interface OpenAIChatSources {
  /**
   * `url_citation` annotations, the form of OpenAI: one for each citation of a source with a `url`, with the offsets of the
   * marker. A stream has them in the chunk with `finish_reason`. @defaultValue true, unless `openWebUI` is true
   */
  readonly annotations?: boolean | undefined
  /**
   * `citations` and `search_results`, the form of Perplexity: one entry for each source, so that `[2]` is the second entry.
   * Left out if a source has no `url`. @defaultValue true
   */
  readonly citations?: boolean | undefined
  /**
   * `event` objects for Open WebUI, with the texts of the sources and the status of the search. Only in streams. Open WebUI
   * would show annotations as further sources, so both together are refused. @defaultValue false
   */
  readonly openWebUI?: boolean | undefined
  /**
   * A Markdown list of the cited sources at the end of the text, for clients that ignore all other forms. It becomes a part
   * of the message. @defaultValue false
   */
  readonly list?: boolean | undefined
}

/** The options with their defaults. */
export interface ResolvedOpenAIChatOptions {
  /** The path below the mount. */
  readonly path: string
  /** The names that clients may send, the default one first. */
  readonly models: OpenAIModels
  /** The switches of the forms. */
  readonly sources: Readonly<Record<keyof OpenAIChatSources, boolean>>
  /** Returns the thread of a request, if it has one. */
  readonly threadId: (request: Request, body: unknown) => string | undefined
  /** Returns the time in milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Checks the options, and applies the defaults.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function resolveOptions(options: OpenAIChatOptions = {}): ResolvedOpenAIChatOptions {
  expectOptions(options, OPTIONS, { of: 'openaiChat' })
  const threadId = expectOptionalFunction('threadId', options.threadId)
  return {
    path: expectString('path', options.path) ?? '/v1',
    models: resolveModels(options.models),
    sources: resolveSources(options.sources),
    threadId: (request, body) => expectThreadId(threadId?.(request, body)),
    now: expectFunction('now', options.now ?? Date.now),
  }
}

const OPTIONS: OptionNames<OpenAIChatOptions> = { path: true, models: true, sources: true, threadId: true, now: true }

const SOURCES: OptionNames<OpenAIChatSources> = { annotations: true, citations: true, openWebUI: true, list: true }

function resolveSources(sources: OpenAIChatSources = {}): ResolvedOpenAIChatOptions['sources'] {
  expectOptions(sources, SOURCES, { of: 'openaiChat', within: 'sources' })
  const openWebUI = booleanOption('sources.openWebUI', sources.openWebUI, false)
  const annotations = booleanOption('sources.annotations', sources.annotations, !openWebUI)
  if (openWebUI && annotations) {
    const message =
      'Cannot use sources.annotations true with sources.openWebUI true: Open WebUI would show each source twice; leave out one'
    throw invalidInput('sources.annotations', message)
  }
  return {
    annotations,
    citations: booleanOption('sources.citations', sources.citations, true),
    openWebUI,
    list: booleanOption('sources.list', sources.list, false),
  }
}

function expectThreadId(id: unknown): string | undefined {
  if (id === null || id === undefined || id === '') return undefined
  if (typeof id === 'string') return id
  throw new TypeError(`Cannot use the result of threadId: it must be a string, and it is of type ${typeof id}`)
}
