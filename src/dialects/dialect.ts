import type { ChatRequest } from './chat-request.ts'
import type { DialectFailure, DialectRoute } from './dialect-route.ts'
import type { Encoding } from './encoding.ts'

/**
 * A wire format of answers, as one value. The native dialects are values of this type, and `createChatHandler({
 * dialects })` takes further ones. Their members define the routes, the choice by `Accept` and the OpenAPI document.
 */
export interface Dialect extends Encoding {
  /**
   * True if nothing is sent before the run has ended. Then a failed run has a real status and an error body, and the
   * sinks, which send the status at once, refuse the dialect. @defaultValue false
   */
  readonly holdsStatus?: boolean
  /**
   * The path of a separate route, such as `/v1/ask`. It answers `POST` in this dialect, regardless of `Accept`.
   * @defaultValue none: `Accept` chooses the dialect on the native routes
   */
  readonly path?: string
  /** The body of the separate route; needs a `path`. @defaultValue the body of `POST /chat` */
  readonly request?: DialectRequest
  /**
   * The routes of a protocol that has more than one, or whose answer depends on the request. They replace `path` and
   * `request`. @defaultValue none
   */
  readonly routes?: readonly DialectRoute[]
  /**
   * Converts the failure of a request, before the stream begins, to the body of the protocol: an object for JSON, a string
   * for plain text. Only for the routes of the dialect itself. @defaultValue the native error body
   */
  readonly encodeFailure?: (failure: DialectFailure) => object | string
  /**
   * JSON Schema of a response, for the OpenAPI document. A `$ref` may only name a schema of that document, such as
   * `#/components/schemas/ChatEvent`. @defaultValue a string
   */
  readonly schema?: Readonly<Record<string, unknown>>
}

/** The request body of a dialect with a `path`. */
export interface DialectRequest {
  /** JSON Schema of the body, for the OpenAPI document. A `$ref` may only name a schema of that document. */
  readonly schema: Readonly<Record<string, unknown>>
  /**
   * Converts a parsed JSON body to a chat request. The handler then checks the result like the body of `POST /chat`:
   * length of the question, ids, and unknown fields. So this function need not check them itself.
   *
   * @throws an error of `invalidInput` from `ragwire/server` to refuse the body with 400; any other error is a 500
   */
  toChatRequest(body: unknown): ChatRequest
}
