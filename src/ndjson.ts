export { NDJSON_HEADERS } from './encoders/headers.ts'
export { readNdjson } from './dialects/read-native.ts'
export { ndjsonFrames } from './sinks/sse-frames.ts'

export type { ByteSource } from './core/async/byte-reader.ts'
export type { ReadOptions } from './dialects/read-native.ts'
export type { FrameOptions } from './sinks/sse-frames.ts'
