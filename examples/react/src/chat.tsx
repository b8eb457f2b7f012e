import { Turns, useRagChat, type ThreadOptions } from 'ragwire/react'

export function Chat(thread: ThreadOptions) {
  const { turns, send, stop, isRunning } = useRagChat({ url: '/api', ...thread })
  return (
    <form action={(data) => send(data.get('question') as string)}>
      <Turns turns={turns} />
      <input name="question" aria-label="Question" placeholder="How long can I return an item?" readOnly={isRunning} />
      <button formAction={isRunning ? stop : undefined}>{isRunning ? 'Stop' : 'Ask'}</button>
    </form>
  )
}
