export { toReadableStream } from './sinks/to-readable-stream.ts'
export { toResponse } from './sinks/to-response.ts'

export type { ResponseOptions } from './sinks/to-response.ts'
export type { SinkFormat, SinkOptions } from './sinks/sink-options.ts'
