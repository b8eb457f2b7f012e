export {
  chunkDocument,
  type ChunkDocumentOptions,
  type ChunkedDocument,
  type DocumentChunk,
} from './knowledge/chunk-document.ts'
export { collectReport } from './knowledge/indexing/collect-report.ts'
export { createKnowledge } from './knowledge/create-knowledge.ts'
export { DocumentError } from './knowledge/documents/document-error.ts'
export { hashedNgramEmbedder, type HashedNgramEmbedderOptions } from './knowledge/embedding/hashed-ngram-embedder.ts'
export { httpReranker, type HttpRerankerOptions } from './integrations/rerank/http-reranker.ts'
export { IndexFileError, type IndexFileErrorCode } from './knowledge/store/index-file-error.ts'
export {
  loadMemoryKnowledgeStore,
  memoryKnowledgeStore,
  type LoadMemoryKnowledgeStoreOptions,
  type MemoryKnowledgeStore,
} from './knowledge/store/memory-store.ts'
export { htmlToDocument, type HtmlToDocumentOptions } from './knowledge/loaders/html-to-document.ts'
export { docxLoader, loadDocx, type DocxLoaderOptions } from './knowledge/loaders/docx-loader.ts'
export { findRectangles, type TextPart } from './knowledge/documents/find-rectangles.ts'
export { loadHtml } from './knowledge/loaders/load-html.ts'
export { loadMarkdown } from './knowledge/loaders/load-markdown.ts'
export { loadText } from './knowledge/loaders/load-text.ts'
export { loadPdf, pdfLoader, type PdfLoaderOptions } from './knowledge/loaders/pdf-loader.ts'
export { mediaTypeOf } from './knowledge/loaders/media-type.ts'
export { readFolder, type ReadFolderOptions } from './knowledge/loaders/read-folder.ts'
export { fuseRetrievedChunks } from './knowledge/retrieval/fuse-retrieved-chunks.ts'
export { createScorer, type ScoredTexts, type Scorer } from './knowledge/search/bm25.ts'
export { expectChange, spaceAfter } from './knowledge/store/check-change.ts'
export { compareBytes, expectFilter, matchesFilter } from './knowledge/store/metadata-filter.ts'
export { languageOf, loadLanguage, type Language } from './knowledge/text/languages/language.ts'
export { weighTerms } from './knowledge/text/tokenize.ts'
export { placeUrl } from './knowledge/sources/source-url.ts'

export type { GuessedLanguage } from './core/text/guess-language.ts'
export type { ChunkOptions } from './knowledge/options/chunk-options.ts'
export type { CheckedSource } from './knowledge/sources/check-sources.ts'
export type { Knowledge, KnowledgeCallOptions, KnowledgeReadOptions } from './knowledge/create-knowledge.ts'
export type { DocumentErrorCode } from './knowledge/documents/document-error.ts'
export type { DocumentContent, KnowledgeDocument, ReadContent } from './knowledge/documents/knowledge-document.ts'
export type {
  LoadedDocument,
  LoadedPage,
  Loader,
  LoaderInput,
  Rectangle,
  TextRectangle,
} from './knowledge/documents/loaded-document.ts'
export type { EmbeddingOptions } from './knowledge/embedding/embedding-options.ts'
export type { KnowledgeDocuments } from './knowledge/indexing/index-documents.ts'
export type {
  DocumentOutcome,
  IndexDocumentEvent,
  IndexDoneEvent,
  IndexEvent,
  IndexProgressEvent,
  IndexReport,
  IndexStream,
  SkippedDocument,
} from './knowledge/indexing/index-events.ts'
export type { KnowledgeOptions } from './knowledge/options/knowledge-options.ts'
export type { PassageKey, PassagePlace } from './knowledge/sources/locate-passage.ts'
export type { IndexedText } from './knowledge/sources/read-text.ts'
export type { KnowledgeRetrieverOptions, ReadableScopes, SearchMode } from './knowledge/retrieval/retriever-options.ts'
export type { SourceDocument, SourcePlace, SourceUrl } from './knowledge/sources/source-url.ts'
export type {
  ChunkHit,
  DocumentKey,
  EmbeddingSpace,
  IndexChange,
  IndexedChunk,
  IndexedDocument,
  IndexState,
  KnowledgeStore,
  ManifestEntry,
  SearchScope,
  StoreCall,
  StoredChunk,
  StoredDocument,
  TermSearch,
  VectorSearch,
} from './knowledge/store/knowledge-store.ts'
export type {
  FieldCondition,
  FilteredDocument,
  FilterValue,
  MetadataFilter,
} from './knowledge/store/metadata-filter.ts'
export type { Block } from './knowledge/text/find-blocks.ts'
export type { IndexDifference, IndexDifferenceType, VerifyReport } from './knowledge/indexing/verify-index.ts'
