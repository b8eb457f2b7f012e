import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { Dialect } from '../dialect.ts'
import type { DialectAnswer, DialectCall, DialectFailure, OpenedRun } from '../dialect-route.ts'
import type { DialectStream, Encoding } from '../encoding.ts'
import { SSE_ENCODING } from '../sse-encoding.ts'
import { createEncoder, type AgUiStream } from './encode.ts'
import { findReplaced } from './find-replaced.ts'
import { loadThread } from './load-thread.ts'
import { resolveOptions, type AgUiOptions } from './options.ts'
import { parseRequest, requestSchema } from './request.ts'
import { toRunId } from './run-id.ts'

/**
 * Creates the dialect of the AG-UI protocol, for `HttpAgent`, CopilotKit and TanStack AI. It may change until 1.0.
 *
 * `POST` takes a `RunAgentInput`: the last message is the question. A request with the `runId` of an existing run attaches
 * to that run. `GET` with `runId` reads a run from its start; with `threadId` it answers with the stored conversation.
 *
 * @experimental
 * @throws TypeError with `code: 'invalid-input'` for an unknown option
 *
 * @example
 * ```ts
 * import { agUi } from 'ragwire/ag-ui'
 * const dialects = [agUi()]
 * ```
 */
export function agUi(options?: AgUiOptions): Dialect {
  const { path } = resolveOptions(options)
  const request = requestSchema()
  return {
    ...ENCODING,
    schema: { type: 'string', description: 'The `data` of each event is an event of AG-UI.' },
    encodeFailure: toRunError,
    routes: [
      { method: 'POST', path, summary: 'Answers a question, in events of AG-UI', request, answer: postRun },
      { method: 'GET', path, summary: 'Reads a run, or loads a conversation', answer: getRunOrThread },
    ],
  }
}

const ENCODING: Encoding = {
  name: 'ag-ui',
  ...SSE_ENCODING,
  open: createEncoder,
}

async function postRun(call: DialectCall): Promise<DialectAnswer> {
  const request = parseRequest(await call.readJson())
  const { threadId, runId, knowsOutcome, question, messages, filter } = request
  const run = await toRunId(runId)
  const stream = { threadId, runId, knowsOutcome }
  // A client that reconnects must never begin a second answer.
  const cursor = cursorOf(call)
  if (cursor !== undefined) return continueRun(await call.open(run), { ...stream, skip: cursor })
  const replaces = call.history && (await findReplaced(call.history, request, run))
  const started = await call.ask({
    question,
    threadId,
    runId: run,
    messages,
    ...(replaces !== undefined && { replaces }),
    ...(filter !== undefined && { filter }),
  })
  return { events: started.read(), encoding: encodingOf(stream) }
}

async function getRunOrThread(call: DialectCall): Promise<DialectAnswer> {
  const { searchParams } = call.url
  const threadId = searchParams.get('threadId')
  const runId = searchParams.get('runId')
  if (runId !== null) return continueRun(await call.open(await toRunId(runId)), { runId, skip: cursorOf(call) })
  if (threadId !== null) return loadThread(call, threadId)
  throw invalidInput('runId', 'Cannot read a run without its id: add ?runId=… for a run or ?threadId=… for a thread')
}

function continueRun(run: OpenedRun | undefined, stream: Omit<AgUiStream, 'acknowledged'>): DialectAnswer {
  if (!run) throw new ChatError('The run is unknown', { code: 'not-found' })
  const { skip = 0 } = stream
  // Its frames differ from those that the client has counted.
  if (run.rebuilt && skip > 0) throw new ChatError('The events of the run are gone', { code: 'run-expired' })
  return { events: run.events, encoding: encodingOf(stream) }
}

function encodingOf(facts: Omit<AgUiStream, 'acknowledged'>): Encoding {
  return { ...ENCODING, open: ({ acknowledged }: DialectStream) => createEncoder({ ...facts, acknowledged }) }
}

function cursorOf({ request }: DialectCall): number | undefined {
  const cursor = request.headers.get('last-event-id')
  if (cursor === null || cursor === '') return undefined
  if (/^\d{1,15}$/u.test(cursor)) return Number(cursor)
  throw invalidInput('last-event-id', 'Cannot use last-event-id: it must be the id of an event of this run')
}

function toRunError({ code, message }: DialectFailure): object {
  return { type: 'RUN_ERROR', message, code }
}
