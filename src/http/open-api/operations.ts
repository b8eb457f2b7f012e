import type { BodyName } from './schemas.ts'

/** The description of a route: its input, and every status of its answers. */
export interface Operation {
  /** Unique in the document. */
  readonly operationId: string
  /** One sentence. */
  readonly summary: string
  /** Parameters of the path, the query and the headers. */
  readonly parameters?: readonly Parameter[]
  /** The schema of the body; absent for a route without one. */
  readonly requestBody?: BodyName
  /** The answer to a request that succeeds. */
  readonly success: Success
  /** Statuses of failures, which have an `Error` as their body. */
  readonly failures: readonly number[]
  /** True if the route needs no scope; otherwise the function `scope` may refuse the request. */
  readonly open?: true
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
}

interface Success {
  readonly status: 200 | 202 | 204
  readonly description: string
  readonly body?: BodyName
  /** The dialects that `Accept` chooses from: all of them, or those that stream. */
  readonly dialects?: 'all' | 'streaming'
  /** A further status that has no body. */
  readonly orEmpty?: { readonly status: 204; readonly description: string }
}

const ID = { type: 'string', minLength: 1, maxLength: 256 }
const RUN_ID: Parameter = { name: 'runId', in: 'path', description: 'The run', schema: ID }
const THREAD_ID: Parameter = { name: 'threadId', in: 'path', description: 'The thread', schema: ID }
const CURSOR = { type: 'string', pattern: '^(-1|[0-9]{1,15})$' }

function limit(most: number, otherwise: number): Parameter {
  const schema = { type: 'integer', minimum: 1, default: otherwise }
  return {
    name: 'limit',
    in: 'query',
    description: `The maximum number of entries; more than ${most} counts as ${most}`,
    schema,
  }
}

/** Every route by its method and path: the source of `GET /openapi.json`. */
export const OPERATIONS = {
  'POST /chat': {
    operationId: 'ask',
    summary: 'Asks a question and sends the answer; a repeated `runId` gets the answer of the existing run',
    requestBody: 'ChatRequest',
    success: { status: 200, description: 'The answer', dialects: 'all' },
    failures: [400, 404, 406, 409, 410, 413, 415, 429, 500, 502, 503, 504],
  },
  'GET /runs': {
    operationId: 'listRuns',
    summary: 'Lists the active runs',
    success: { status: 200, description: 'The runs, the latest first', body: 'Runs' },
    failures: [500, 503],
  },
  'POST /runs': {
    operationId: 'startRun',
    summary: 'Starts a run, whose events another request reads',
    requestBody: 'ChatRequest',
    success: {
      status: 202,
      description: 'The run has begun; `Location` is the path of its events',
      body: 'StartedRun',
    },
    failures: [400, 404, 409, 410, 413, 415, 429, 500, 503, 504],
  },
  'GET /runs/{runId}/events': {
    operationId: 'readRun',
    summary: 'Reads the events of a run after a position: the stored ones, then the new ones',
    parameters: [
      RUN_ID,
      { name: 'after', in: 'query', description: '`seq` of the last event that the reader has', schema: CURSOR },
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'The same; it takes precedence over `after`',
        schema: CURSOR,
      },
    ],
    success: {
      status: 200,
      description: 'The events',
      dialects: 'streaming',
      orEmpty: { status: 204, description: 'The run has ended, and the reader has all of its events' },
    },
    failures: [400, 406, 410, 429, 500, 503],
  },
  'POST /runs/{runId}/stop': {
    operationId: 'stopRun',
    summary: 'Asks a run to stop',
    parameters: [RUN_ID],
    success: { status: 200, description: 'The outcome', body: 'StoppedRun' },
    failures: [400, 500, 503],
  },
  'PUT /runs/{runId}/feedback': {
    operationId: 'setFeedback',
    summary: 'Stores the feedback on the answer of a run, in place of earlier feedback',
    parameters: [RUN_ID],
    requestBody: 'FeedbackRequest',
    success: { status: 200, description: 'The stored feedback', body: 'Feedback' },
    failures: [400, 404, 405, 409, 413, 415, 500, 503],
  },
  'DELETE /runs/{runId}/feedback': {
    operationId: 'removeFeedback',
    summary: 'Removes the feedback on the answer of a run',
    parameters: [RUN_ID],
    success: { status: 204, description: 'There is no feedback any more' },
    failures: [400, 404, 405, 409, 500, 503],
  },
  'GET /threads': {
    operationId: 'listThreads',
    summary: 'Lists the threads, or those whose title contains a text',
    parameters: [
      limit(200, 50),
      { name: 'before', in: 'query', description: '`before` of the previous page', schema: ID },
      {
        name: 'search',
        in: 'query',
        description:
          'Part of the title. A page may have fewer threads than the limit; go on until there is no `before`',
        schema: ID,
      },
    ],
    success: { status: 200, description: 'The threads, the latest first', body: 'ThreadPage' },
    failures: [400, 404, 500, 503],
  },
  'GET /threads/{threadId}': {
    operationId: 'readThread',
    summary: 'Reads the latest turns of a thread',
    parameters: [THREAD_ID, limit(1_000, 100)],
    success: { status: 200, description: 'The turns, the oldest first', body: 'Thread' },
    failures: [400, 404, 500, 503],
  },
  'PATCH /threads/{threadId}': {
    operationId: 'renameThread',
    summary: 'Sets the title of a thread',
    parameters: [THREAD_ID],
    requestBody: 'RenameRequest',
    success: { status: 200, description: 'The new title', body: 'RenamedThread' },
    failures: [400, 404, 405, 409, 413, 415, 500, 503],
  },
  'DELETE /threads/{threadId}': {
    operationId: 'deleteThread',
    summary: 'Stops the active runs of a thread, and deletes it',
    parameters: [THREAD_ID],
    success: { status: 204, description: 'The thread was deleted' },
    failures: [400, 404, 409, 500, 503],
  },
  'GET /openapi.json': {
    operationId: 'describe',
    summary: 'Describes these routes',
    success: { status: 200, description: 'This document', body: 'OpenApi' },
    failures: [],
    open: true,
  },
} as const satisfies Readonly<Record<string, Operation>>

/** A method and a path. */
export type RouteName = keyof typeof OPERATIONS
