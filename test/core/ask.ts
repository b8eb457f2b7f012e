import { expect } from 'vitest'
import {
  streamChat,
  type ChatEvent,
  type DoneEvent,
  type ErrorEvent,
  type RetrieveAndAnswerOptions,
} from '../../src/index.ts'
import { fakeRetriever, scriptedChatModel, type Script } from '../../src/testing.ts'

export const FINISH = { type: 'finish', finishReason: 'stop' } as const

export const CHUNKS = ['Cats sleep 16 hours a day.', 'Dogs sleep 12 hours a day.']

/** The options of a run that succeeds; a test overrides some of them. */
export function chatOptions(changes: Partial<RetrieveAndAnswerOptions> = {}): RetrieveAndAnswerOptions {
  return {
    question: 'How long do cats sleep?',
    retriever: fakeRetriever(CHUNKS),
    model: scriptedChatModel(['They sleep', ' 16 hours [1].', FINISH]),
    ...changes,
  }
}

/** Runs a turn and reads it to its end. */
export function ask(changes: Partial<RetrieveAndAnswerOptions> = {}): Promise<readonly ChatEvent[]> {
  return readAll(streamChat(chatOptions(changes)))
}

/** Runs a turn whose model plays a script. */
export function askModel(script: Script, changes: Partial<RetrieveAndAnswerOptions> = {}) {
  return ask({ model: scriptedChatModel(script), ...changes })
}

export async function readAll(stream: AsyncIterable<ChatEvent>): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

/** Starts a turn that a test reads step by step. */
export function open(changes: Partial<RetrieveAndAnswerOptions> = {}) {
  const events: ChatEvent[] = []
  const reader = streamChat(chatOptions(changes))[Symbol.asyncIterator]()

  /** Reads one event. */
  async function read(): Promise<ChatEvent | undefined> {
    const { done, value } = await reader.next()
    if (done) return undefined
    events.push(value)
    return value
  }

  /** Reads up to and including the first event of a type. */
  async function readTo(type: ChatEvent['type']): Promise<ChatEvent> {
    for (;;) {
      const event = await read()
      if (!event) throw new Error(`The stream ended without ${type}`)
      if (event.type === type) return event
    }
  }

  /** Reads the remaining events. */
  async function readOn(): Promise<readonly ChatEvent[]> {
    for (let event = await read(); event; event = await read());
    return events
  }

  return { events, reader, read, readTo, readOn, leave: async () => reader.return?.() }
}

/** Returns the last event, which must be `done`. */
export function doneOf(events: readonly ChatEvent[]): DoneEvent {
  const last = events.at(-1)
  if (last?.type !== 'done') return expect.fail(`The run did not end as done: ${JSON.stringify(last)}`)
  return last
}

/** Returns the last event, which must be `error`. */
export function errorOf(events: readonly ChatEvent[]): ErrorEvent {
  const last = events.at(-1)
  if (last?.type !== 'error') return expect.fail(`The run did not fail: ${JSON.stringify(last)}`)
  return last
}

export function typesOf(events: readonly ChatEvent[]): readonly string[] {
  return events.map(({ type }) => type)
}

export function deltasOf(events: readonly ChatEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'token' ? [event.delta] : []))
}

export function warningsOf(events: readonly ChatEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.code] : []))
}
