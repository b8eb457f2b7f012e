import {
  aiSdkChatModel,
  type AiSdkCallOptions,
  type AiSdkChatModelOptions,
  type AiSdkModel,
  type AiSdkStreamPart,
  type AiSdkStreamResult,
} from '../../../../src/ai-sdk.ts'
import type { ChatModelEvent, ChatModelRequest } from '../../../../src/index.ts'

/** The versions of the interface, oldest first. */
export const VERSIONS = ['v2', 'v3', 'v4'] as const

/** A version of the interface. */
export type Version = (typeof VERSIONS)[number]

/** A part with any fields. */
export type Part = AiSdkStreamPart & Readonly<Record<string, unknown>>

/** A request with each role. */
export const REQUEST: ChatModelRequest = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: 'Why?' },
  ],
  purpose: 'answer',
  question: 'Why?',
  sources: [],
}

/** A part with text. */
export function text(delta: string): Part {
  return { type: 'text-delta', id: '0', delta }
}

/** The last part, as a version writes it, with 7 tokens of input and 2 of output; `raw` is null if there is no word. */
export function finish(version: Version, unified = 'stop', raw: string | null = unified): Part {
  return version === 'v2'
    ? { type: 'finish', finishReason: unified, usage: { inputTokens: 7, outputTokens: 2, totalTokens: 11 } }
    : {
        type: 'finish',
        finishReason: { unified, raw: raw ?? undefined },
        usage: {
          inputTokens: { total: 7, noCache: 7, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: 2, text: 2, reasoning: undefined },
        },
      }
}

/** Creates a model whose `doStream` is given. It records its calls. */
export function handMadeModel(
  doStream: (options: AiSdkCallOptions) => PromiseLike<AiSdkStreamResult>,
  version: Version = 'v4',
) {
  const calls: AiSdkCallOptions[] = []
  const model: AiSdkModel = {
    specificationVersion: version,
    provider: 'hand-made',
    modelId: 'any',
    doStream(options) {
      calls.push(options)
      return doStream(options)
    },
  }
  return { model, calls }
}

/** Creates a model that sends these parts one by one, and then ends its stream or fails with `error`. */
export function partsModel(parts: readonly Part[], { version, error }: { version?: Version; error?: unknown } = {}) {
  const doStream = async () => {
    const rest = parts.values()
    const pull = (controller: ReadableStreamDefaultController<AiSdkStreamPart>) => {
      const { done, value } = rest.next()
      if (!done) controller.enqueue(value)
      else if (error === undefined) controller.close()
      else controller.error(error)
    }
    return { stream: new ReadableStream({ pull }, { highWaterMark: 0 }) }
  }
  return handMadeModel(doStream, version)
}

/** Opens one answer. */
export function openAnswer(model: AiSdkModel, options: Omit<AiSdkChatModelOptions, 'model'> = {}) {
  const controller = new AbortController()
  const stream = aiSdkChatModel({ model, ...options }).stream(REQUEST, { signal: controller.signal })
  return { iterator: stream[Symbol.asyncIterator](), controller }
}

/** Reads one answer to its end. */
export async function readAnswer(
  model: AiSdkModel,
  request: ChatModelRequest = REQUEST,
  options: Omit<AiSdkChatModelOptions, 'model'> = {},
): Promise<readonly ChatModelEvent[]> {
  const events: ChatModelEvent[] = []
  const { signal } = new AbortController()
  for await (const event of aiSdkChatModel({ model, ...options }).stream(request, { signal })) events.push(event)
  return events
}
