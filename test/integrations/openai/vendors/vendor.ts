import type { ErrorCode, ModelFinishReason } from '../../../../src/index.ts'

/** An OpenAI-compatible server, according to its documentation and public reports. */
export interface Vendor {
  /** The heading of its section in docs/guides/models.md. */
  readonly name: string
  readonly model: string
  /** The `extraBody` that the guide recommends. */
  readonly extraBody?: Readonly<Record<string, unknown>>
  /** The responses it sends, by the name that a line of the guide uses. `answer` is a good answer. */
  readonly replays: Readonly<Record<string, Replay>> & { readonly answer: Replay }
  /** The requests it rejects, by the name that a line of the guide uses. */
  readonly rules?: Readonly<Record<string, Rule>>
}

/** A response, byte for byte. */
export interface Replay {
  /** The public source: a page, or a repository and an issue number. */
  readonly source: string
  /** @defaultValue 200 */
  readonly status?: number
  /** @defaultValue `text/event-stream` */
  readonly contentType?: string
  readonly wire: string
  readonly expected: ExpectedAnswer | ExpectedError
}

/** The expected reading of a good response. */
export interface ExpectedAnswer {
  readonly text: string
  readonly finishReason: ModelFinishReason
  readonly usage?: readonly [inputTokens: number, outputTokens: number, totalTokens: number]
  /** True if the model sends its reasoning. */
  readonly thinks?: boolean
}

/** The expected reading of a failed response. */
export interface ExpectedError {
  readonly code: ErrorCode
  /** Part of the cause that the hooks receive. */
  readonly cause?: string
  /** A client that discards the server's message. */
  readonly wordsLostIn?: 'openai 6'
}

/** A kind of request that a server rejects. */
export interface Rule {
  readonly source: string
  /** A body that it rejects. */
  readonly example: Readonly<Record<string, unknown>>
  /** The rejection, if this body breaks the rule. */
  refuse(body: Readonly<Record<string, unknown>>): Refusal | undefined
}

/** The response to a rejected request. */
export interface Refusal {
  readonly status: number
  readonly body: unknown
}

/** Creates the data of events, each on a line of its own. */
export function events(...data: readonly (string | object)[]): string {
  return data.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('')
}

/** Creates the chunks of a stream from their common and their different fields. */
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

/** Usage in the format that all of them use. */
export function usageOf(input: number, output: number, more: object = {}): object {
  return { usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output, ...more } }
}

/** Rejects one parameter with a certain value, as OpenAI does. */
export function unsupported(param: string, message: string, code: string): Refusal {
  return { status: 400, body: { error: { message, type: 'invalid_request_error', param, code } } }
}
