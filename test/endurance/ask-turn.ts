import type { ChatEvent, ChatResult } from 'ragwire'
import { readSse } from 'ragwire/sse'

/** How far a turn has come, as its client sees it. */
export const PHASES = ['asked', 'begun', 'answering', 'saving', 'answered'] as const
export type Phase = (typeof PHASES)[number]

/** A turn as its client knows it. */
export interface Turn {
  readonly threadId: string
  readonly runId: string
  readonly phase: Phase
  /** The result that the server has said is saved. */
  readonly acknowledged: ChatResult | undefined
  /** Resolves when the connection is over, in whatever way. */
  readonly over: Promise<void>
}

/** Whom the client tells of its turn. */
export interface TurnOptions {
  readonly threadId: string
  readonly runId?: string
  /** How many words the model says. */
  readonly tokens: number
  readonly onEvent?: (event: ChatEvent) => void
}

/** Asks a question, and follows the answer for as long as there is a server. */
export function askTurn(url: string, { threadId, runId = crypto.randomUUID(), tokens, onEvent }: TurnOptions): Turn {
  let phase: Phase = 'asked'
  let acknowledged: ChatResult | undefined
  let words = 0

  function note(event: ChatEvent): void {
    if (event.type === 'start') phase = 'begun'
    if (event.type === 'token') phase = ++words < tokens ? 'answering' : 'saving'
    if (event.type === 'done' && event.saved) {
      const { type: _type, seq: _seq, ...result } = event
      phase = 'answered'
      acknowledged = result
    }
    onEvent?.(event)
  }

  async function follow(): Promise<void> {
    const response = await fetch(`${url}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ question: 'Can items be returned?', threadId, runId }),
    })
    if (!response.ok || !response.body) throw new Error(`The server refused a turn: ${await response.text()}`)
    for await (const event of readSse(response.body)) note(event)
  }

  // A server that is killed breaks off whatever it was doing: that is what is tried here.
  const over = follow().catch(() => {})
  return {
    threadId,
    runId,
    over,
    get phase() {
      return phase
    },
    get acknowledged() {
      return acknowledged
    },
  }
}
