import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat.tsx'

const threadId = new URLSearchParams(location.search).get('thread') ?? undefined

createRoot(document.body).render(
  <StrictMode>
    <Chat threadId={threadId} />
  </StrictMode>,
)
