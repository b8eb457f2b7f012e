export { sendToNode } from './transports/node.ts'
export { answerNodeRequest, toNodeHandler } from './transports/node-handler.ts'
export { toNodeReadable } from './transports/node-readable.ts'

export type { NodeHandlerOptions, NodeRequestContext, NodeServerResponse } from './transports/node-handler.ts'
export type { NodeRequest } from './transports/node-request.ts'
export type { SendOptions } from './transports/node.ts'
export type { NodeResponse, SendOutcome } from './transports/node-writer.ts'
export type { SinkFormat, SinkOptions } from './transports/sink-options.ts'
