import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat, type ChatMessage } from './chat.tsx'

// A reload opens the conversation in the URL.
const chatId = new URLSearchParams(location.search).get('thread') ?? crypto.randomUUID()
history.replaceState(null, '', `?thread=${chatId}`)

const response = await fetch(`/api/ai-sdk/${chatId}/messages`)
const messages: ChatMessage[] = response.ok ? await response.json() : []

const root = createRoot(document.querySelector('main') ?? document.body)
root.render(
  <StrictMode>
    <Chat chatId={chatId} messages={messages} />
  </StrictMode>,
)
