export { toReadableStream } from './sinks/to-readable-stream.ts'
export { toResponse } from './sinks/to-response.ts'

export type { ResponseOptions } from './sinks/to-response.ts'
export type { Dialect, DialectEncoder, DialectRequest, DialectStream } from './dialects/dialect.ts'
export type { SinkFormat } from './sinks/resolve-format.ts'
export type { SinkOptions } from './sinks/sink-options.ts'
