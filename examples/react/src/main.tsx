import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat.tsx'

// A reload opens the conversation in the URL.
const threadId = new URLSearchParams(location.search).get('thread') ?? undefined
const keep = (id = '') => history.replaceState(null, '', `?thread=${id}`)

const root = createRoot(document.querySelector('main') ?? document.body)
root.render(
  <StrictMode>
    <Chat threadId={threadId} onThreadChange={keep} />
  </StrictMode>,
)
