import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { isPlainObject } from '../../core/options/plain-object.ts'
import { expectMethods, wrongType } from '../../core/options/validate.ts'
import type { ChatModel, ChatModelRequest, Message } from '../../core/vocabulary/chat-model.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { AiSdkCallOptions, AiSdkMessage, AiSdkModel, AiSdkProviderOptions } from './ai-sdk-model.ts'
import { readAnswer } from './read-answer.ts'

/** The options of {@link aiSdkChatModel}. */
export interface AiSdkChatModelOptions {
  /** A language model of a provider for `ai` 5, 6 or 7, also one that `wrapLanguageModel` has wrapped. */
  readonly model: AiSdkModel
  /** Options for the provider, by its name, such as `{ anthropic: { effort: 'low' } }`. They are sent unchanged. */
  readonly providerOptions?: AiSdkProviderOptions | undefined
  /** Additional headers of every request. They override the headers of the provider. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const OPTIONS: OptionNames<AiSdkChatModelOptions> = { model: true, providerOptions: true, headers: true }

const VERSIONS = ['v2', 'v3', 'v4'] as const satisfies readonly AiSdkModel['specificationVersion'][]

const EXAMPLE = "a model of a provider, such as anthropic('claude-sonnet-4-5')"

/**
 * Creates a {@link ChatModel} over a language model of the AI SDK, so that every vendor with a provider can be used. The
 * package `ai` is not needed. A request is sent once, because the core retries. Tool calls, files and sources of the
 * provider are ignored, and so are its warnings about options that it does not support.
 *
 * An answer without a finish reason (`unknown`, `interrupted`, or `other` without the vendor's own reason) fails as
 * `upstream-incomplete`, because providers report a cut connection in this way.
 *
 * @throws TypeError with `code: 'invalid-input'` for the name of a model, and for a model of another version
 */
export function aiSdkChatModel(options: AiSdkChatModelOptions): ChatModel {
  expectOptions(options, OPTIONS, { of: 'aiSdkChatModel' })
  const { model, providerOptions, headers } = options
  expectModel(model)
  expectRecord('providerOptions', providerOptions, 'an object', isPlainObject)
  expectRecord('headers', headers, 'a string', (value) => typeof value === 'string')
  const fixed = { ...(providerOptions && { providerOptions }), ...(headers && { headers: { ...headers } }) }
  return {
    stream: (request, { signal }) =>
      readAnswer((abortSignal) => model.doStream({ ...toCallOptions(request), ...fixed, abortSignal }), signal),
  }
}

function expectModel(model: AiSdkModel): void {
  // The AI SDK sends a name to its gateway, so many applications have one.
  if (typeof model === 'string') {
    throw invalidInput('model', `Cannot use model: it must be ${EXAMPLE}, and it is only the name of a model`)
  }
  expectMethods('model', model, EXAMPLE, ['doStream'])
  const { specificationVersion: version } = model
  if (VERSIONS.includes(version)) return
  const message = `Cannot use model.specificationVersion ${String(version)}: it must be one of ${VERSIONS.join(', ')}; install a version of the provider for ai 5, 6 or 7`
  throw invalidInput('model.specificationVersion', message)
}

function expectRecord(field: string, record: unknown, what: string, isValue: (value: unknown) => boolean): void {
  if (record === undefined) return
  if (!isPlainObject(record)) throw wrongType(field, `an object with ${what} for each name`, record)
  const wrong = Object.entries(record).find(([, value]) => !isValue(value))
  if (wrong) throw wrongType(`${field}.${wrong[0]}`, what, wrong[1])
}

function toCallOptions({ messages, maxOutputTokens, temperature }: ChatModelRequest): AiSdkCallOptions {
  return {
    prompt: messages.map(toMessage),
    includeRawChunks: false,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
  }
}

function toMessage({ role, content }: Message): AiSdkMessage {
  return role === 'system' ? { role, content } : { role, content: [{ type: 'text', text: content }] }
}
