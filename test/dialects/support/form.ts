import type { Dialect } from '../../../src/server.ts'

/** A dialect, as its clients see it. */
export interface Form {
  readonly name: string
  /** The path of a question. */
  readonly path: string
  /** The dialect. */
  readonly dialect: Dialect
  readonly opening: string
  readonly keepAlive: string
  /** A part of the end of a complete answer. */
  readonly end: string
  /** A part of the end of a failed answer. */
  readonly failure: string
  /** A part of the end of a stopped answer. @defaultValue `abort` */
  readonly stopped?: string
  token(delta: string): string
  body(question: unknown, runId?: string): object
  /** The headers that name a run, in a protocol whose body cannot. @defaultValue none */
  headers?(runId: string): Readonly<Record<string, string>>
}

/** Returns the body and the headers of a question. */
export function askIn(form: Form, question: string, runId?: string) {
  return { body: form.body(question, runId), headers: { ...(runId !== undefined && form.headers?.(runId)) } }
}
