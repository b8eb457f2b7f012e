import type { ChatEvent } from './events.ts'

/** `Omit` that keeps a union a union. */
type WithoutSeq<Event> = Event extends ChatEvent ? Omit<Event, 'seq'> : never

/** An event before the stream has numbered it. */
export type UnnumberedEvent = WithoutSeq<ChatEvent>
