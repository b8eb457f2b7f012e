import type { ErrorCode, ModelFinishReason } from '../../../../src/index.ts'

/** A server that speaks like OpenAI, as its documentation and public reports show it. */
export interface Vendor {
  /** The heading of its section in docs/guides/models.md. */
  readonly name: string
  readonly model: string
  /** What the guide says to give as `extraBody`. */
  readonly extraBody?: Readonly<Record<string, unknown>>
  /** What it sends, by the name that a line of the guide carries. `answer` is a good answer. */
  readonly replays: Readonly<Record<string, Replay>> & { readonly answer: Replay }
  /** What it refuses in a request, by the name that a line of the guide carries. */
  readonly rules?: Readonly<Record<string, Rule>>
}

/** A response, byte for byte. */
export interface Replay {
  /** Where the public shows it: a page, or a repository and a number. */
  readonly source: string
  /** @defaultValue 200 */
  readonly status?: number
  /** @defaultValue `text/event-stream` */
  readonly contentType?: string
  readonly wire: string
  readonly expected: ExpectedAnswer | ExpectedError
}

/** What is read of a good response. */
export interface ExpectedAnswer {
  readonly text: string
  readonly finishReason: ModelFinishReason
  readonly usage?: readonly [inputTokens: number, outputTokens: number, totalTokens: number]
  /** True if the model shows that it thinks. */
  readonly thinks?: boolean
}

/** What is read of a failed response. */
export interface ExpectedError {
  readonly code: ErrorCode
  /** Part of what the hooks get as the cause. */
  readonly cause?: string
  /** A client that throws the server's words away. */
  readonly wordsLostIn?: 'openai 6'
}

/** A kind of request that a server refuses. */
export interface Rule {
  readonly source: string
  /** A body that it refuses. */
  readonly example: Readonly<Record<string, unknown>>
  /** The refusal, if this body breaks the rule. */
  refuse(body: Readonly<Record<string, unknown>>): Refusal | undefined
}

/** The response to a request that is refused. */
export interface Refusal {
  readonly status: number
  readonly body: unknown
}

/** The data of events, each on a line of its own. */
export function events(...data: readonly (string | object)[]): string {
  return data.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('')
}

/** Makes the chunks of a stream: what all of them have in common, and what differs. */
export function chunksWith(common: Readonly<Record<string, unknown>>) {
  return {
    /** A chunk with one choice. */
    delta: (delta: object | undefined, choice: object = {}, root: object = {}): object => ({
      ...common,
      choices: [{ index: 0, ...(delta && { delta }), finish_reason: null, ...choice }],
      ...root,
    }),
    /** A chunk without a choice. */
    root: (fields: object): object => ({ ...common, choices: [], ...fields }),
  }
}

/** Usage as all of them count it. */
export function usageOf(input: number, output: number, more: object = {}): object {
  return { usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output, ...more } }
}

/** Refuses one parameter with a certain value, as OpenAI does. */
export function unsupported(param: string, message: string, code: string): Refusal {
  return { status: 400, body: { error: { message, type: 'invalid_request_error', param, code } } }
}
