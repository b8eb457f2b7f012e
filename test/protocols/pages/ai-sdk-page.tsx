// Runs in the browser: a chat with `useChat`, and with `?ui=assistant-ui` one with the primitives of assistant-ui.
import { useChat } from '@ai-sdk/react'
import {
  ActionBarPrimitive,
  AssistantRuntimeProvider,
  ComposerPrimitive,
  ErrorPrimitive,
  MessagePrimitive,
  ThreadPrimitive,
} from '@assistant-ui/react'
import { AssistantChatTransport, useChatRuntime } from '@assistant-ui/react-ai-sdk'
import { DefaultChatTransport, type UIMessage } from 'ai'
import { StrictMode, useState, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { ragwireTransport, type RagwireDataParts, type RagwireMetadata } from '../../../src/ai-sdk.ts'

type Message = UIMessage<RagwireMetadata, RagwireDataParts>

const parameters = new URLSearchParams(location.search)
const chatId = parameters.get('chat') ?? 'chat'

function usePhases() {
  const [phases, setPhases] = useState<readonly string[]>([])
  const onData = ({ type, data }: { type: string; data: unknown }) => {
    if (type === 'data-status') setPhases((known) => [...known, (data as RagwireDataParts['status']).phase])
  }
  return { phases, onData }
}

const transport = new DefaultChatTransport<Message>({ api: '/ai-sdk' })

function UseChatPage({ messages: stored }: { messages: Message[] }) {
  const { phases, onData } = usePhases()
  const chat = useChat<Message>({ id: chatId, messages: stored, transport, onData, resume: true })
  const { messages, sendMessage, regenerate, status, error } = chat
  return (
    <form action={(data) => void sendMessage({ text: data.get('question') as string })}>
      {messages.map(({ id, role, parts }) => (
        <article key={id} className={role}>
          <Parts parts={parts} />
        </article>
      ))}
      <p id="phases">{phases.join(' ')}</p>
      <p id="status">{status}</p>
      {error && <p role="alert">{error.message}</p>}
      <input name="question" />
      <button>Ask</button>
      <button type="button" onClick={() => void fetch(`/ai-sdk/${chatId}/stop`, { method: 'POST' })}>
        Stop
      </button>
      <button type="button" onClick={() => void regenerate()}>
        Again
      </button>
    </form>
  )
}

function Parts({ parts }: { parts: Message['parts'] }): ReactNode {
  return parts.map((part, index) => {
    if (part.type === 'text') return <Text key={index} text={part.text} />
    if (part.type === 'source-url' || part.type === 'source-document') return <Source key={index} title={part.title} />
    if (part.type === 'data-sources')
      return part.data.nodes.map(({ id, text }) => (
        <p key={id} className="passage">
          {text}
        </p>
      ))
    return part.type === 'data-citation' ? <Citation key={index} data={part.data} /> : null
  })
}

const Text = ({ text }: { text: string }) => <p className="text">{text}</p>
const Source = ({ title }: { title?: string | undefined }) => <p className="source">{title}</p>
const Citation = ({ data: { number, support } }: { data: RagwireDataParts['citation'] }) => (
  <p className="citation">{`${number} ${support}`}</p>
)

// Created once: a new transport would be a new chat.
const assistantTransport = parameters.has('native')
  ? ragwireTransport({ url: '' })
  : new AssistantChatTransport({ api: '/ai-sdk' })

function AssistantPage() {
  const { phases, onData } = usePhases()
  const runtime = useChatRuntime({ transport: assistantTransport, onData })
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root>
        <ThreadPrimitive.Messages components={{ UserMessage, AssistantMessage }} />
        <p id="phases">{phases.join(' ')}</p>
        <ComposerPrimitive.Root>
          <ComposerPrimitive.Input name="question" />
          <ComposerPrimitive.Send>Ask</ComposerPrimitive.Send>
          <ComposerPrimitive.Cancel>Stop</ComposerPrimitive.Cancel>
        </ComposerPrimitive.Root>
      </ThreadPrimitive.Root>
    </AssistantRuntimeProvider>
  )
}

const UserMessage = () => (
  <article className="user">
    <MessagePrimitive.Parts components={{ Text }} />
  </article>
)

const AssistantMessage = () => (
  <MessagePrimitive.Root>
    <article className="assistant">
      <MessagePrimitive.Parts components={{ Text, Source, data: { by_name: { citation: Citation } } }} />
      <MessagePrimitive.Error>
        <ErrorPrimitive.Root>
          <ErrorPrimitive.Message />
        </ErrorPrimitive.Root>
      </MessagePrimitive.Error>
    </article>
    <ActionBarPrimitive.Reload>Again</ActionBarPrimitive.Reload>
  </MessagePrimitive.Root>
)

const response = await fetch(`/ai-sdk/${chatId}/messages`)
const stored: Message[] = await response.json()
createRoot(document.body).render(
  <StrictMode>{parameters.has('ui') ? <AssistantPage /> : <UseChatPage messages={stored} />}</StrictMode>,
)
