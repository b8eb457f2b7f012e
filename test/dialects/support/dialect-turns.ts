import type { Dialect } from '../../../src/server.ts'

/** A dialect, and the request for one turn in it. */
export interface DialectTurn {
  /** Names the golden files. */
  readonly name: string
  /** The dialect to mount; absent for a native one. */
  readonly dialect?: Dialect
  readonly path: string
  readonly accept?: string
  body(question: string): object
}

const native = (name: string, accept: string): DialectTurn => ({
  name,
  path: '/chat',
  accept,
  body: (question) => ({ question }),
})

/** Every dialect of the package. */
export const DIALECT_TURNS: readonly DialectTurn[] = [
  native('native-sse', 'text/event-stream'),
  native('native-ndjson', 'application/x-ndjson'),
  native('native-json', 'application/json'),
  native('native-text', 'text/plain'),
]
