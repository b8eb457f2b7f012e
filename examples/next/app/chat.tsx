'use client'

import { Turns, useRagChat, type ThreadOptions } from 'ragwire/react'

const keep = (id = '') => history.replaceState(null, '', `?thread=${id}`)

export function Chat({ threadId }: ThreadOptions) {
  const { turns, send, stop, isRunning } = useRagChat({ url: '/api', threadId, onThreadChange: keep })
  return (
    <form action={(data) => send(data.get('question') as string)}>
      <Turns turns={turns} />
      <input name="question" aria-label="Question" placeholder="How long can I return an item?" readOnly={isRunning} />
      <button formAction={isRunning ? stop : undefined}>{isRunning ? 'Stop' : 'Ask'}</button>
    </form>
  )
}
