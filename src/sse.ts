export { encodeSse } from './encoders/encode-sse.ts'
export { SSE_HEADERS } from './encoders/headers.ts'
export { readSse } from './dialects/read-native.ts'
export { sseFrames } from './sinks/sse-frames.ts'

export type { SseFrame } from './encoders/encode-sse.ts'
export type { ByteSource } from './core/async/byte-reader.ts'
export type { ReadOptions } from './dialects/read-native.ts'
export type { FrameOptions } from './sinks/sse-frames.ts'
