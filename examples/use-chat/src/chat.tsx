import { useChat } from '@ai-sdk/react'
import { DefaultChatTransport, type UIMessage } from 'ai'
import type { RagwireDataParts, RagwireMetadata } from 'ragwire/ai-sdk'
import { Message } from './message.tsx'

export type ChatMessage = UIMessage<RagwireMetadata, RagwireDataParts>

const transport = new DefaultChatTransport<ChatMessage>({
  api: '/api/ai-sdk',
  // The server has the conversation, so the question is enough.
  prepareSendMessagesRequest: ({ id, messages, trigger, messageId }) => ({
    body: { id, message: messages.at(-1), trigger, messageId },
  }),
})

export function Chat({ chatId, messages: stored }: { chatId: string; messages: ChatMessage[] }) {
  const { messages, sendMessage, regenerate, status, error } = useChat({
    id: chatId,
    messages: stored,
    transport,
    // Continues the answer that was running before a reload.
    resume: stored.length > 0,
  })
  const isRunning = status === 'submitted' || status === 'streaming'

  // `stop()` of the AI SDK only closes the connection. This route stops the model, and the stream ends by itself.
  const stop = () => void fetch(`/api/ai-sdk/${chatId}/stop`, { method: 'POST' })

  function ask(data: FormData) {
    void sendMessage({ text: data.get('question') as string })
  }

  return (
    <form action={isRunning ? undefined : ask}>
      {messages.map((message) => (
        <Message key={message.id} message={message} />
      ))}
      {error && (
        <p role="status">
          {error.message}{' '}
          <button type="button" onClick={() => regenerate()}>
            Try again
          </button>
        </p>
      )}
      <input name="question" aria-label="Question" placeholder="How long can I return an item?" readOnly={isRunning} />
      {isRunning ? (
        <button type="button" onClick={stop}>
          Stop
        </button>
      ) : (
        <button>Ask</button>
      )}
    </form>
  )
}
