import type { OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { expectFunction, expectObject } from '../../core/options/validate.ts'
import type { Loader } from '../documents/loaded-document.ts'
import { DEFAULT_LOADERS } from '../loaders/default-loaders.ts'
import { mediaTypeOf } from '../loaders/media-type.ts'
import { placeUrl, type SourceUrl } from '../sources/source-url.ts'

/** The options that the chunks of a document depend on. */
export interface ChunkOptions {
  /**
   * Loaders by media type, in addition to the built-in ones or instead of them. Documents that are indexed count as
   * unchanged after a change of a loader, or of `sourceUrl`: empty the index first.
   */
  readonly loaders?: Readonly<Record<string, Loader>> | undefined
  /** Maximum length of a chunk, in UTF-16 code units, from 100. @defaultValue 1200 */
  readonly chunkChars?: number | undefined
  /** Returns the address that a source opens at. @defaultValue {@link placeUrl} */
  readonly sourceUrl?: SourceUrl | undefined
  /** Maximum size of the content of a document, in bytes; of a string, in UTF-16 code units. @defaultValue 50,000,000 */
  readonly maxContentBytes?: number | undefined
  /** Maximum length of the text of a document, in UTF-16 code units. @defaultValue 20,000,000 */
  readonly maxTextChars?: number | undefined
}

/** The options with their defaults. */
export interface ResolvedChunkOptions {
  /** Loaders by media type in lower case. */
  readonly loaders: ReadonlyMap<string, Loader>
  /** Returns the media type that a document has by its id. */
  readonly mediaTypeOf: (documentId: string) => string
  /** Maximum length of a chunk. */
  readonly chunkChars: number
  /** Returns the address that a source opens at. */
  readonly sourceUrl: SourceUrl
  /** Maximum size of a content. */
  readonly maxContentBytes: number
  /** Maximum length of a text. */
  readonly maxTextChars: number
}

/** The names of the options. */
export const CHUNK_OPTIONS: OptionNames<ChunkOptions> = {
  loaders: true,
  chunkChars: true,
  sourceUrl: true,
  maxContentBytes: true,
  maxTextChars: true,
}

/** Version of the chunks: a release that splits or tokenizes in another way increases it, so that everything is indexed anew. */
export const CHUNK_FORMAT = 2

/** Checks the values of the options and applies the defaults. */
export function resolveChunkOptions(options: ChunkOptions): ResolvedChunkOptions {
  const { loaders = {}, sourceUrl = placeUrl } = options
  expectFunction('sourceUrl', sourceUrl)
  expectObject('loaders', loaders)
  for (const [mediaType, loader] of Object.entries(loaders)) expectFunction(`loaders['${mediaType}']`, loader)
  const all = [...Object.entries(DEFAULT_LOADERS), ...Object.entries(loaders)]
  return {
    loaders: new Map(all.map(([type, loader]) => [type.toLowerCase(), loader])),
    mediaTypeOf,
    chunkChars: countOption('chunkChars', options.chunkChars, { defaultValue: 1200, from: 100 }),
    sourceUrl,
    maxContentBytes: countOption('maxContentBytes', options.maxContentBytes, 50_000_000),
    maxTextChars: countOption('maxTextChars', options.maxTextChars, 20_000_000),
  }
}
