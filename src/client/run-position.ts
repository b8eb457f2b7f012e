import type { ChatQuestion } from './chat-client.ts'

/** The position of a reader in a run. It outlives the connection, so that reading can go on from there. */
export interface RunPosition {
  /** Id of the run. */
  readonly runId: string
  /** Id of the conversation, once it is known. */
  threadId?: string | undefined
  /** The question, until the server has answered it. */
  question?: ChatQuestion | undefined
  /** True if the question was sent, so that it may have arrived. */
  isSent: boolean
  /** `seq` of the last event; -1 before the first. */
  lastSeq: number
  /** The last `id:` of the stream: the server has stored the events up to it, and can go on after it. */
  lastId?: string | undefined
}
