/** One message of an answer: the text of an event, or a value that the client has parsed. */
export interface AnswerMessage {
  /** Name of the event. */
  readonly event?: string | undefined
  /** Text of the event, or the parsed value. */
  readonly data: unknown
}
