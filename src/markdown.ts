export { citationOf, remarkCitations } from './markdown/remark-citations.ts'
export { markedCitations } from './markdown/marked-citations.ts'
export { citationLinks } from './markdown/citation-links.ts'
export { stripCitations } from './markdown/strip-citations.ts'

export type { MarkdownProcessor, RemarkPlugin } from './markdown/remark-citations.ts'
export type { MarkedCitationsOptions, MarkedExtension } from './markdown/marked-citations.ts'
export type { CitationLinkOptions, CitedAnswer } from './markdown/cited-answer.ts'
