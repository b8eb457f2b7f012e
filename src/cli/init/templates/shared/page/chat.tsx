'use client'

import { Turns, useRagChat, type ThreadOptions } from 'ragwire/react'
import './chat.css'

const EXAMPLES: readonly string[] = ['How long can I return an item?', 'When is shipping free?']

// The URL has the conversation, so that a reload opens it.
const keep = (threadId?: string) => history.replaceState(null, '', threadId ? `?thread=${threadId}` : '/')

export function Chat({ threadId }: ThreadOptions) {
  const options = { url: '/api', threadId, onThreadChange: keep }
  const { turns, send, stop, open, isRunning, isLoading, error } = useRagChat(options)
  return (
    <>
      <header>
        <h1>Ask the documents</h1>
        <button onClick={() => open()}>New chat</button>
      </header>
      <main>
        <div>
          {turns.length === 0 && !isLoading && (
            <section>
              <p>Each answer has its sources: press a number to read the passage.</p>
              {EXAMPLES.map((question) => (
                <button key={question} onClick={() => send(question)}>
                  {question}
                </button>
              ))}
            </section>
          )}
          <Turns turns={turns} />
          {error && <p role="alert">{error.message}</p>}
        </div>
      </main>
      <form action={(data) => send(data.get('question') as string)}>
        <input
          name="question"
          aria-label="Question"
          placeholder="Your question"
          autoComplete="off"
          readOnly={isRunning}
        />
        <button formAction={isRunning ? stop : undefined}>{isRunning ? 'Stop' : 'Ask'}</button>
      </form>
    </>
  )
}
