import { ChatClient, fetchServerSentEvents, type UIMessage } from '@tanstack/ai-client'

/** Options of {@link openTanStackChat}. */
export interface TanStackChatOptions {
  readonly url: string
  readonly threadId?: string
  /** True to load the thread from the server. */
  readonly persistence?: true
  /** The `fetch` of the connection. */
  readonly fetchClient?: typeof fetch
}

/** A chat of TanStack AI, with the events that its callbacks got. */
export interface TanStackChat {
  readonly client: ChatClient
  readonly chunks: readonly { readonly type: string; readonly [field: string]: unknown }[]
  /** The values of the custom events with this name. */
  custom(name: string): readonly unknown[]
  /** The roles and the texts of the messages. */
  said(): readonly (readonly [role: string, text: string])[]
}

/** Creates a chat over `fetchServerSentEvents`, which reconnects without a delay. */
export function openTanStackChat({ url, fetchClient, threadId, persistence }: TanStackChatOptions): TanStackChat {
  const connection = fetchServerSentEvents(url, { reconnect: { delayMs: 0 }, ...(fetchClient && { fetchClient }) })
  const chunks: TanStackChat['chunks'][number][] = []
  const values: { readonly name: string; readonly value: unknown }[] = []
  const client = new ChatClient({
    connection,
    threadId: threadId ?? crypto.randomUUID(),
    ...(persistence && { persistence }),
    onChunk: (chunk) => void chunks.push({ ...chunk }),
    onCustomEvent: (name, value) => void values.push({ name, value }),
  })
  return {
    client,
    chunks,
    custom: (wanted) => values.flatMap(({ name, value }) => (name === wanted ? [value] : [])),
    said: () => client.getMessages().map((message) => [message.role, textOf(message)] as const),
  }
}

function textOf({ parts }: UIMessage): string {
  return parts.map((part) => (part.type === 'text' ? part.content : '')).join('')
}

/** A `fetch` whose first response breaks after this number of bytes. */
export function breakingFetch(bytes: number): typeof fetch {
  let requests = 0
  return async (input, init) => {
    requests += 1
    const response = await fetch(input, init)
    if (requests > 1 || !response.body) return response
    return new Response(breakAfter(response.body, bytes), response)
  }
}

function breakAfter(body: ReadableStream<Uint8Array>, bytes: number): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let left = bytes
  return new ReadableStream({
    async pull(controller) {
      const { value } = left > 0 ? await reader.read() : {}
      if (value) controller.enqueue(value.subarray(0, left))
      left -= value?.length ?? left
      if (left > 0) return
      controller.error(new TypeError('terminated'))
      await reader.cancel()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
