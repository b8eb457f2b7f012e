import type { Block } from '../text/find-blocks.ts'
import type { DocumentContent } from './knowledge-document.ts'

/** A rectangle on a page, in points (1/72 inch), with the origin in the upper left corner of the page. */
export interface Rectangle {
  /** Distance from the left edge. */
  readonly x: number
  /** Distance from the upper edge. */
  readonly y: number
  /** Width. */
  readonly width: number
  /** Height. */
  readonly height: number
}

/** A part of the text and its place on a page. */
export interface TextRectangle extends Rectangle {
  /** Offset of its first UTF-16 code unit in the text of the document. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
}

/** A page of a document. */
export interface LoadedPage {
  /** Number of the page, from 1. */
  readonly number: number
  /** Offset of its first UTF-16 code unit in the text of the document. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
  /** The text items of the page, in the order of the text. */
  readonly rectangles: readonly TextRectangle[]
}

/** The text of a document with its structure. */
export interface LoadedDocument {
  /** The text that is searched, cited and that offsets refer to. */
  readonly text: string
  /** Title in the content. */
  readonly title?: string | undefined
  /** Headings, paragraphs and verbatim blocks, in order. @defaultValue the blocks of the text, read as Markdown */
  readonly blocks?: readonly Block[] | undefined
  /** Pages, in order. No chunk crosses the border of a page. */
  readonly pages?: readonly LoadedPage[] | undefined
  /**
   * Form in which an address names a place of the document: the number of the page (`#page=3`), the words (`#:~:text=`), or
   * the lines (`#L3-L9`). @defaultValue none
   */
  readonly place?: 'page' | 'words' | 'lines' | undefined
}

/** The input of a {@link Loader}. */
export interface LoaderInput {
  /** Id of the document. */
  readonly documentId: string
  /** Its content. */
  readonly content: DocumentContent
  /** Its media type. */
  readonly mediaType: string
  /** Ends the work. */
  readonly signal: AbortSignal
}

/** Reads the text out of the content of a document. It throws a `DocumentError` if it cannot. It opens no address. */
export type Loader = (input: LoaderInput) => LoadedDocument | Promise<LoadedDocument>
