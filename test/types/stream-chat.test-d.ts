import { expectTypeOf, test } from 'vitest'
import {
  createChat,
  isTerminalEvent,
  streamChat,
  type ChatEvent,
  type ChatModel,
  type ChatResult,
  type DoneEvent,
  type Engine,
  type ErrorEvent,
  type Retriever,
} from '../../src/index.ts'

declare const event: ChatEvent
declare const parts: { readonly retriever: Retriever; readonly model: ChatModel; readonly engine: Engine }

test('an event is narrowed by its type', () => {
  if (event.type === 'token') expectTypeOf(event.delta).toEqualTypeOf<string>()
  if (event.type === 'error') expectTypeOf(event.partial).toEqualTypeOf<ChatResult>()
  if (isTerminalEvent(event)) expectTypeOf(event).toEqualTypeOf<DoneEvent | ErrorEvent>()
})

test('a chat takes what belongs to the application, and its stream what belongs to the request', () => {
  const { retriever, model, engine } = parts
  const chat = createChat({ retriever, model, topK: 3 })
  chat.stream({ question: 'q', filter: {} })
  createChat({ engine })
  // @ts-expect-error a question belongs to the request
  createChat({ retriever, model, question: 'q' })
  // @ts-expect-error a retriever belongs to the application
  chat.stream({ question: 'q', retriever })
  // @ts-expect-error a chat has a model or an engine
  createChat({ retriever })
})

test('a turn needs a retriever with a model, or an engine', () => {
  const { retriever, model, engine } = parts
  streamChat({ question: 'q', retriever, model })
  streamChat({ question: 'q', engine })
  // @ts-expect-error a retriever alone answers nothing
  streamChat({ question: 'q', retriever })
  // @ts-expect-error an engine retrieves by itself
  streamChat({ question: 'q', engine, retriever })
})
