import type { ChatEvent } from './events.ts'

/** `Omit` applied to each member of a union. */
type WithoutSeq<Event> = Event extends ChatEvent ? Omit<Event, 'seq'> : never

/** An event without its number in the stream. */
export type UnnumberedEvent = WithoutSeq<ChatEvent>
