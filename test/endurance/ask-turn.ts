import type { ChatEvent, ChatResult } from 'ragwire'
import { readSse } from 'ragwire/sse'

/** The phases of a turn, as its client sees them. */
export const PHASES = ['asked', 'begun', 'answering', 'saving', 'answered'] as const
export type Phase = (typeof PHASES)[number]

/** The state of a turn, as its client knows it. */
export interface Turn {
  readonly threadId: string
  readonly runId: string
  readonly phase: Phase
  /** The result that the server has acknowledged as saved. */
  readonly acknowledged: ChatResult | undefined
  /** Resolves when the connection has ended in any way. */
  readonly over: Promise<void>
}

/** The callbacks of the client. */
export interface TurnOptions {
  readonly threadId: string
  readonly runId?: string
  /** The number of words in the answer of the model. */
  readonly tokens: number
  readonly onEvent?: (event: ChatEvent) => void
}

/** Asks a question, and follows the answer while the server is running. */
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

  // A killed server breaks off any operation, which is the purpose of this test.
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
