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
  token(delta: string): string
  body(question: unknown, runId?: string): object
}
