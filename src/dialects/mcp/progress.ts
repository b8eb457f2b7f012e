import type { ServerContext } from '@modelcontextprotocol/server'
import { ignoreRejection } from '../../core/async/iterators.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import type { Phase } from '../../core/vocabulary/phases.ts'

const MESSAGES: Readonly<Record<Phase, string>> = {
  condensing: 'Reading the question',
  retrieving: 'Searching',
  reranking: 'Ranking the sources',
  generating: 'Writing the answer',
}

/** Characters of the answer after which a client is notified, so that its time limit does not pass. */
const CHARS_PER_NOTIFICATION = 200

/** Creates a function that notifies the client of the progress of a run. It does nothing if the client asked for none. */
export function createProgress({ _meta, notify }: ServerContext['mcpReq']): (event: ChatEvent) => void {
  const progressToken = _meta?.progressToken
  if (progressToken === undefined) return () => {}
  let progress = 0
  let notifiedAt = 0

  function send(message: string): void {
    progress += 1
    // The client may have left.
    ignoreRejection(notify({ method: 'notifications/progress', params: { progressToken, progress, message } }))
  }

  return (event) => {
    if (event.type === 'status') send(MESSAGES[event.phase])
    if (event.type !== 'token' || event.at - notifiedAt < CHARS_PER_NOTIFICATION) return
    notifiedAt = event.at
    send(`Writing the answer, ${event.at} characters`)
  }
}
