export { segments } from './client/segments.ts'

export type { CitationSegment, CitedSource, Segment, TextSegment } from './client/segments.ts'
