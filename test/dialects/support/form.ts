import type { Dialect } from '../../../src/server.ts'

/** A dialect, as its clients see it. */
export interface Form {
  readonly name: string
  /** The path that takes a question. */
  readonly path: string
  /** The dialect. */
  readonly dialect: Dialect
  readonly opening: string
  readonly keepAlive: string
  readonly end: string
  readonly failure: string
  /** A part of the end of a stopped run. @defaultValue `abort` */
  readonly stopped?: string
  /** True if a field that the protocol does not have is ignored. @defaultValue false: it is refused */
  readonly ignoresUnknownFields?: true
  /** Finds the run in a stream, if a client cannot choose its id. @defaultValue the client chooses it */
  readonly runIdOf?: (text: string) => string | undefined
  /** True if the body of a refusal is its message as plain text. @defaultValue false: it is JSON with a `message` */
  readonly hasPlainFailures?: true
  /** True if the client may name a run by any text. @defaultValue false: by a UUID */
  readonly takesAnyRunId?: true
  /** The `allow` header of the path. @defaultValue `POST` */
  readonly allow?: string
  token(delta: string): string
  body(question: unknown, runId?: string): object
  /** The headers that choose the id of a run, in a protocol whose body cannot. @defaultValue none */
  headers?(runId: string): Readonly<Record<string, string>>
}

/** Returns the body and the headers of a question. */
export function askIn(form: Form, question: string, runId?: string) {
  return { body: form.body(question, runId), headers: { ...(runId !== undefined && form.headers?.(runId)) } }
}
