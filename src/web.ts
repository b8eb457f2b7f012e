export { toReadableStream } from './sinks/to-readable-stream.ts'
export { toResponse } from './sinks/to-response.ts'

export type { ResponseOptions } from './sinks/to-response.ts'
export type { Dialect, DialectRequest } from './dialects/dialect.ts'
export type { DialectEncoder, DialectStream, Encoding } from './dialects/encoding.ts'
export type { SinkFormat } from './sinks/resolve-format.ts'
export type { SinkOptions } from './sinks/sink-options.ts'
