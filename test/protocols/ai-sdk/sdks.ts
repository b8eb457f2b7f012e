import * as ai7 from 'ai'
import * as ai5 from 'ai5'
import * as ai6 from 'ai6'
import type { RagwireUIMessage, RagwireUIMessageChunk } from '../../../src/ai-sdk.ts'

/** The state of a chat, which a framework would show. */
export interface ChatState {
  status: string
  error: Error | undefined
  messages: RagwireUIMessage[]
  pushMessage(message: RagwireUIMessage): void
  popMessage(): void
  replaceMessage(index: number, message: RagwireUIMessage): void
  snapshot<T>(value: T): T
}

/** What {@link openChat} needs of a version of the AI SDK, whose types differ from version to version. */
export interface Sdk {
  readonly AbstractChat: new (init: ChatInit) => SdkChat
  readonly DefaultChatTransport: new (options: TransportOptions) => SdkTransport
  readUIMessageStream(options: {
    readonly stream: ReadableStream<RagwireUIMessageChunk>
    readonly onError?: (error: unknown) => void
  }): AsyncIterable<RagwireUIMessage>
}

interface ChatInit {
  readonly id: string
  readonly state: ChatState
  readonly transport: object
  readonly onData?: (part: unknown) => void
  readonly onError?: (error: Error) => void
}

/** The functions of a chat that an application calls. */
export interface SdkChat {
  sendMessage(message: { readonly text: string; readonly messageId?: string }): Promise<void>
  regenerate(options?: { readonly messageId?: string }): Promise<void>
  resumeStream(): Promise<void>
  stop(): Promise<void>
}

interface TransportOptions {
  readonly api: string
  readonly fetch?: typeof fetch
  readonly body?: object
}

interface SdkTransport {
  sendMessages(options: object): Promise<ReadableStream<RagwireUIMessageChunk>>
}

/** The versions. The types of their classes are abstract, and name types of their own. */
export const SDKS = { 'ai-5': ai5, 'ai-6': ai6, 'ai-7': ai7 } as unknown as Readonly<
  Record<'ai-5' | 'ai-6' | 'ai-7', Sdk>
>

/** A chat without a framework. */
export interface OpenedChat {
  readonly chat: SdkChat
  readonly state: ChatState
  /** The data that `onData` has got. */
  readonly data: readonly unknown[]
  readonly errors: readonly Error[]
}

/** The settings of {@link openChat}. */
export interface OpenChatOptions {
  readonly id?: string
  readonly messages?: RagwireUIMessage[]
}

/** Opens a chat over a transport. */
export function openChat({ AbstractChat }: Sdk, transport: object, options: OpenChatOptions = {}): OpenedChat {
  const { id = 'chat', messages = [] } = options
  const data: unknown[] = []
  const errors: Error[] = []
  const state: ChatState = {
    status: 'ready',
    error: undefined,
    messages,
    pushMessage: (message) => void (state.messages = [...state.messages, message]),
    popMessage: () => void (state.messages = state.messages.slice(0, -1)),
    replaceMessage: (index, message) => void (state.messages = state.messages.with(index, structuredClone(message))),
    snapshot: (value) => structuredClone(value),
  }
  class Chat extends AbstractChat {}
  const chat = new Chat({
    id,
    state,
    transport,
    onData: (part) => data.push(part),
    onError: (error) => errors.push(error),
  })
  return { chat, state, data, errors }
}
