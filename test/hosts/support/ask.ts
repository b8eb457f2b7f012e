import { expect } from 'vitest'
import type { ChatEvent } from '../../../src/index.ts'
import { readSse } from '../../../src/sse.ts'
import { openRawClient, type FaultHit, type FaultServer } from '../../../src/testing.ts'
import { collect } from '../../support/bytes.ts'
import { eventually } from '../../support/eventually.ts'
import type { WayToLeave } from './host.ts'

/** A question and its destination. */
export interface Question {
  readonly port: number
  readonly path: string
  /** Begins with the name of a behaviour of the fault server; each text is used only once. */
  readonly text: string
  readonly accept?: string
  readonly runId?: string
}

/** Returns the text of a unique question for a model with that behaviour. */
export function questionFor(model: string): string {
  return `${model} ${crypto.randomUUID()}`
}

/** A client that can leave. */
export interface Client extends Disposable {
  /** Resolves once the client has received this text. */
  waitFor(wanted: string): Promise<unknown>
  leave(): void
}

/** Asks with `fetch`. Every call is from another user. */
export function ask({ port, path, ...question }: Question, signal?: AbortSignal): Promise<Response> {
  const { headers, body } = requestOf(question)
  const init = { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) }
  return fetch(`http://127.0.0.1:${port}${path}`, init)
}

/** The ways in which clients leave. */
export const LEAVERS: Readonly<Record<WayToLeave, (question: Question) => Promise<Client>>> = {
  'aborts its fetch': openFetchClient,
  'resets its connection': openResetClient,
}

async function openFetchClient(question: Question): Promise<Client> {
  const leaving = new AbortController()
  const asked = ask(question, leaving.signal)
  // A client that leaves before the response headers ignores the rejection.
  asked.catch(() => {})
  const leave = (): void => leaving.abort()
  return { waitFor: (wanted) => readUntil(asked, wanted), leave, [Symbol.dispose]: leave }
}

async function readUntil(asked: Promise<Response>, wanted: string): Promise<void> {
  const { status, body } = await asked
  let text = ''
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  while (!text.includes(wanted)) {
    const { done, value = '' } = (await reader?.read()) ?? { done: true }
    if (done) throw new Error(`The answer ended without "${wanted}": ${status} ${text}`)
    text += value
  }
}

async function openResetClient({ port, path, ...question }: Question): Promise<Client> {
  const client = await openRawClient({ port, path, ...requestOf(question) })
  return { waitFor: client.waitFor, leave: client.destroy, [Symbol.dispose]: client.destroy }
}

/** Returns the events of an answer, read to its end. */
export async function eventsOf({ body }: Response): Promise<readonly ChatEvent[]> {
  return body ? collect(readSse(body)) : []
}

/** Returns the request to the model that a question has caused. */
export async function hitOf(models: FaultServer, text: string): Promise<FaultHit> {
  let hit: FaultHit | undefined
  await eventually(() => {
    hit = models.hits.find(({ body }) => JSON.stringify(body).includes(text))
    if (!hit) throw new Error('The question has not reached the model')
  })
  return hit ?? expect.fail('The question has not reached the model')
}

function requestOf({ text, accept = 'text/event-stream', runId }: Omit<Question, 'port' | 'path'>) {
  return {
    headers: { 'content-type': 'application/json', accept, 'x-user': text.replaceAll(' ', '-') },
    body: { question: text, ...(runId && { runId }) },
  }
}
