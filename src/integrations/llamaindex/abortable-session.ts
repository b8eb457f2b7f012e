import { expectFunction, expectMethods } from '../../core/options/validate.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { callOptions, hasCallSignal, type CallOptions } from './call-signal.ts'

/** The used part of a client of the `openai` package. */
export interface LlamaIndexSessionClient {
  /** The chat API. */
  readonly chat?: { readonly completions: object } | undefined
  /** The embeddings API. */
  readonly embeddings?: object | undefined
  /** The responses API. */
  readonly responses?: object | undefined
}

/**
 * Returns a client that closes its requests when the run of ragwire that has made them aborts. Pass it as `session` to
 * `OpenAI`, `OpenAIResponses` and `OpenAIEmbedding` of `@llamaindex/openai`. LlamaIndex.TS passes no signal on and reads
 * an answer to its end even if its reader has left; the signal of the run reaches the client through an
 * `AsyncLocalStorage`. Outside of a run, the requests are unchanged. One session serves simultaneous runs.
 *
 * The result has the type that its place expects. LlamaIndex.TS wants the class of its own copy of `openai` (major 5),
 * and clients of the majors 6 and 7 work, too.
 *
 * @example
 * ```ts
 * import { OpenAI as LlamaIndexOpenAI } from '@llamaindex/openai'
 * import OpenAI from 'openai'
 * import { abortableSession, fromLlamaIndexModel } from 'ragwire/llamaindex'
 * const client = new OpenAI()
 * const model = fromLlamaIndexModel(new LlamaIndexOpenAI({ model: 'gpt-4o', session: abortableSession(client) }))
 * ```
 *
 * @throws TypeError with `code: 'invalid-input'` where the runtime has no `AsyncLocalStorage`
 */
export function abortableSession<Session = LlamaIndexSessionClient>(client: LlamaIndexSessionClient): Session {
  expectMethods('client', client, 'a client of the openai package', [])
  const { chat, embeddings, responses } = client
  if (chat === undefined && embeddings === undefined) {
    throw invalidInput('client', 'Cannot use client: it has no chat and no embeddings, so it is no client of openai')
  }
  if (!hasCallSignal()) {
    const message =
      'Cannot make the session abortable: this runtime has no AsyncLocalStorage (process.getBuiltinModule and node:async_hooks)'
    throw invalidInput('client', message)
  }
  const parts = {
    ...(chat && { chat: overlay(chat, { completions: abortable('chat.completions', chat.completions) }) }),
    ...(embeddings && { embeddings: abortable('embeddings', embeddings) }),
    ...(responses && { responses: abortable('responses', responses) }),
  }
  return overlay(client, parts) as Session
}

/** Returns an API whose `create` adds the options of the current call. */
function abortable(name: string, api: object): object {
  const create: unknown = Reflect.get(api, 'create')
  expectFunction(`client.${name}.create`, create)
  return overlay(api, {
    create: (body: unknown, options?: RequestOptions): unknown =>
      Reflect.apply(create as Create, api, [body, withCallOptions(options)]),
  })
}

type Create = (body: unknown, options?: RequestOptions) => unknown

interface RequestOptions {
  readonly signal?: AbortSignal | null | undefined
}

function withCallOptions(options: RequestOptions | undefined): RequestOptions | undefined {
  const call: CallOptions | undefined = callOptions()
  if (!call) return options
  // Both signals belong to this request only, so the listeners that `any` leaves behind are collected with them.
  const signal = options?.signal ? AbortSignal.any([options.signal, call.signal]) : call.signal
  return { ...options, ...call, signal }
}

// An object whose prototype is the original, because a client has private fields that cannot be copied.
function overlay<T extends object>(original: T, parts: object): T {
  return Object.create(original, Object.getOwnPropertyDescriptors(parts)) as T
}
