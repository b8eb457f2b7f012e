export { toReadableStream, toResponse } from './transports/web.ts'

export type { ResponseOptions } from './transports/web.ts'
export type { SinkFormat, SinkOptions } from './transports/sink-options.ts'
