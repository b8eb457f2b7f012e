export { NDJSON_HEADERS } from './encoders/headers.ts'
export { readNdjson } from './protocols/read-native.ts'
export { ndjsonFrames } from './transports/event-frames.ts'

export type { ByteSource } from './encoders/read-bytes.ts'
export type { ReadOptions } from './protocols/read-native.ts'
export type { FrameOptions } from './transports/event-frames.ts'
