import { HttpAgent as HttpAgent1 } from '@ag-ui/client'
import { HttpAgent as HttpAgent0 } from '@ag-ui/client-0'

/** The versions of the client. */
export type AgentVersion = 'ag-ui-0' | 'ag-ui-1'

/** An event as a subscriber of the client gets it. */
export interface AgentEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** A run as the user of the client sees it. */
export interface AgentRun {
  /** All events, which the client has verified. */
  readonly events: readonly AgentEvent[]
  /** The messages after the run. */
  readonly messages: readonly AgentMessage[]
  /** The error that `runAgent` rejects with. */
  readonly error?: Error
}

/** A message of the conversation. */
export interface AgentMessage {
  readonly id: string
  readonly role: string
  readonly content?: unknown
  readonly metadata?: unknown
}

/** A conversation of an `HttpAgent`. */
export interface Conversation {
  readonly threadId: string
  readonly messages: readonly AgentMessage[]
  /** Adds a question, and runs the agent. */
  ask(question: string): Promise<AgentRun>
  /** Runs the agent with the messages before the last answer. */
  regenerate(): Promise<AgentRun>
  /** Calls `abortRun`. */
  abort(): void
  /** Calls `connectAgent`. */
  connect(): Promise<AgentRun>
}

/** Begins a conversation of a client. `respond` answers its requests instead of a server. */
export function converse(version: AgentVersion, url: string, respond?: () => Response): Conversation {
  const threadId = crypto.randomUUID()
  const config = { url, threadId, ...(respond && { fetch: () => Promise.resolve(respond()) }) }
  const agent = version === 'ag-ui-0' ? new HttpAgent0(config) : new HttpAgent1(config)
  const messagesOf = () => structuredClone(agent.messages) as readonly AgentMessage[]

  async function observe(run: (subscriber: Subscriber) => Promise<unknown>): Promise<AgentRun> {
    const events: AgentEvent[] = []
    const onEvent = ({ event }: { readonly event: object }): void => void events.push({ ...event } as AgentEvent)
    const error = await run({ onEvent }).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    )
    return { events, messages: messagesOf(), ...(error && { error }) }
  }

  const run = () => observe((subscriber) => agent.runAgent({}, subscriber))
  return {
    threadId,
    get messages() {
      return messagesOf()
    },
    ask(question) {
      agent.addMessage({ id: crypto.randomUUID(), role: 'user', content: question })
      return run()
    },
    regenerate() {
      agent.setMessages(
        agent.messages.slice(0, agent.messages.findLastIndex(({ role }) => role === 'user') + 1) as never,
      )
      return run()
    },
    abort: () => agent.abortRun(),
    connect: () => observe((subscriber) => agent.connectAgent({}, subscriber)),
  }
}

interface Subscriber {
  readonly onEvent: (call: { readonly event: object }) => void
}
