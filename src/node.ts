export { sendToNode } from './transports/node.ts'
export { toNodeReadable } from './transports/node-readable.ts'

export type { NodeResponse, SendOutcome } from './transports/node-writer.ts'
export type { SinkFormat, SinkOptions } from './transports/sink-options.ts'
