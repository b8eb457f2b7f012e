import { vi } from 'vitest'
import { memoryHistoryStore } from '../../../src/index.ts'
import { createChatHandler, createRunRegistry } from '../../../src/server.ts'
import { fakeRetriever, manualClock } from '../../../src/testing.ts'
import { ask, CHUNKS, playedModel, type Part } from '../../protocols/support/played-model.ts'
import { TURN_TIME, type DialectTurn } from './dialect-turns.ts'

/** The ways in which a turn ends. */
export const ENDINGS = ['done', 'error', 'abort', 'no-evidence'] as const

/** A way in which a turn ends. */
export type Ending = (typeof ENDINGS)[number]

const PARTS: Readonly<Record<Ending, Part>> = {
  done: 'answer',
  error: 'fail-later',
  abort: 'wait',
  'no-evidence': 'no-evidence',
}

/**
 * Plays one turn through the handler, and returns its response as text: the status, the media type and the body. Times
 * and random ids are fixed, so that the response is always the same.
 */
export async function playTurn(turn: DialectTurn, ending: Ending): Promise<string> {
  fixTimesAndIds()
  const { model, gate } = playedModel()
  const started = Promise.withResolvers<string>()
  const clock = manualClock()
  const handler = createChatHandler({
    retriever: fakeRetriever((query) => (query.startsWith('Nothing:') ? [] : CHUNKS)),
    model,
    condenser: false,
    retries: 0,
    clock,
    history: turn.needsHistory && memoryHistoryStore(),
    runs: createRunRegistry({ clock, onError: false }),
    dialects: turn.dialect ? [turn.dialect] : [],
    scope: () => 'ann',
    basePath: '/',
    onError: false,
    onEvent: (event) => event.type === 'start' && started.resolve(event.runId),
  })
  const request = (path: string, init: RequestInit): Promise<Response> =>
    handler(new Request(`http://chat.example${path}`, { method: 'POST', ...init }))

  const answering = request(turn.path, {
    headers: { 'content-type': 'application/json', accept: turn.accept ?? '*/*' },
    body: JSON.stringify(turn.body(ask(PARTS[ending]))),
  }).then(toText)
  if (ending === 'abort') {
    await gate.reached()
    await request(`/runs/${await started.promise}/stop`, {})
  }
  return answering
}

function fixTimesAndIds(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: TURN_TIME })
  let ids = 0
  vi.spyOn(crypto, 'randomUUID').mockImplementation(() => {
    ids += 1
    return `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`
  })
}

/** Reads a response. A connection that breaks leaves a last line in brackets. */
async function toText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = `${response.status} ${response.headers.get('content-type')}\n\n`
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true })
  } catch {
    text += '\n[the connection breaks]\n'
  }
  return text
}
