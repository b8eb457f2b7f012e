export { NDJSON_HEADERS } from './encoders/headers.ts'
export { readNdjson } from './dialects/read-native.ts'
export { ndjsonFrames } from './sinks/event-frames.ts'

export type { ByteSource } from './encoders/read-bytes.ts'
export type { ReadOptions } from './dialects/read-native.ts'
export type { FrameOptions } from './sinks/event-frames.ts'
