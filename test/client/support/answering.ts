import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'vitest'
import { ChatClientError, createChatClient, type ChatClientOptions } from '../../../src/client.ts'
import type { ChatEvent } from '../../../src/index.ts'
import { eventsSaying } from '../../support/chat-events.ts'
import { serve } from '../../testing/serve.ts'

/** The events of an answer. */
export const EVENTS: readonly ChatEvent[] = eventsSaying(['Cats ', 'sleep.'])

/** The headers of an event stream. */
export const SSE = { 'content-type': 'text/event-stream; charset=utf-8' }

/** A page of a proxy or a login form. */
export const HTML = '<!doctype html><title>Sign in</title><script>alert(1)</script>'

/** Answers a request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => unknown

/** Starts a server that answers the first request with the first function, and so on; the last one answers the rest. */
export async function answering(...answers: readonly Answer[]) {
  const requests: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const server = await serve(async (request, response) => {
    const answer = answers[requests.length] ?? answers.at(-1)
    requests.push(`${request.method} ${request.url?.replace(/runs\/[^/]+/u, 'runs/*')}`)
    headers.push(request.headers)
    await answer?.(response, request)
  })
  const url = `http://127.0.0.1:${server.port}`
  return { url, requests, headers, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
}

/** Answers with a whole body. */
export const body =
  (status: number, text: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(text)

/** Answers with an event stream. */
export const stream = (...pieces: readonly (string | Buffer)[]): Answer =>
  body(200, Buffer.concat(pieces.map((piece) => Buffer.from(piece))) as never, SSE)

/** Returns the events from a position on as frames with their ids. */
export const framesOf = (events: readonly ChatEvent[], from = 0): string =>
  events
    .slice(from)
    .map((event) => `event: ${event.type}\nid: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')

/** Answers with JSON. */
export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer =>
  body(status, JSON.stringify(value), { 'content-type': 'application/json', ...headers })

/** Asks a question and reads the answer. */
export async function read(url: string, options: Partial<ChatClientOptions> = {}): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = []
  for await (const event of createChatClient({ url, ...options }).ask({ question: 'How long do cats sleep?' }))
    events.push(event)
  return events
}

/** Asks a question; returns the error with which that fails. */
export async function failureOf(url: string, options: Partial<ChatClientOptions> = {}): Promise<ChatClientError> {
  const thrown: unknown = await read(url, options).then(
    () => expect.fail('There was no failure'),
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(ChatClientError)
  return thrown as ChatClientError
}
