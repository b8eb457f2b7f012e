import { cutText } from '../text/cut-text.ts'
import { cleanTitle } from '../text/hidden-characters.ts'
import { MAX_JSON_DEPTH } from '../options/max-json-depth.ts'
import type { Source } from '../vocabulary/sources.ts'
import type { Chunk, RetrievedChunk } from '../vocabulary/retriever.ts'

/** The budget of the retrieved text in the prompt. */
export interface ContextBudget {
  /** Maximum number of tokens of all chunks together. */
  readonly contextTokens: number
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

/** The fields of a chunk that may reach the reader. */
export interface SourcePolicy {
  /** Metadata keys that may reach the reader. */
  readonly sourceMetadata: readonly string[]
  /** Allowed schemes of a URL. */
  readonly sourceUrlSchemes: readonly string[]
}

/** Returns the best chunks that fit into the budget; the best one is always included. */
export function withinBudget(
  retrieved: readonly RetrievedChunk[],
  options: ContextBudget,
): { readonly kept: readonly RetrievedChunk[]; readonly trimmed: boolean } {
  let left = options.contextTokens
  const tokensOf = (text = ''): number => (text === '' ? 0 : options.countTokens(text))
  const overBudget = retrieved.findIndex(({ chunk }, index) => {
    left -= tokensOf(chunk.before) + tokensOf(chunk.text) + tokensOf(chunk.after)
    return left < 0 && index > 0
  })
  if (overBudget === -1) return { kept: retrieved, trimmed: false }
  return { kept: retrieved.slice(0, overBudget), trimmed: true }
}

/** Maximum length of a `sourceId` before a number is added, because every citation repeats it. */
const MAX_SOURCE_ID_CHARS = 512
const MAX_URL_CHARS = 4_096
const MAX_REVISION_CHARS = 200
/** Maximum number and length of the headings of a source, because every piece of a document repeats them. */
const MAX_HEADINGS = 10
const MAX_HEADING_CHARS = 200
/** Maximum of metadata of a source, in characters of JSON. Keys that do not fit are left out. */
const MAX_METADATA_CHARS = 16_384

/** Makes the source with this number for the reader. Other fields of the chunk are left out. */
export function toSource(retrieved: RetrievedChunk, number: number, policy: SourcePolicy): Source {
  const { chunk, score } = retrieved
  const url = allowedUrl(chunk.url, policy.sourceUrlSchemes)
  const title = cleanTitle(chunk.title ?? '') || cleanTitle(chunk.documentId)
  const section = cleanSection(chunk.section, title)
  return {
    number,
    sourceId: cutText(`${chunk.documentId}#${chunk.chunkId}`, MAX_SOURCE_ID_CHARS),
    documentId: chunk.documentId,
    chunkId: chunk.chunkId,
    title,
    ...(section.length > 0 && { section }),
    ...(chunk.verbatimEnd !== undefined && { verbatimEnd: chunk.verbatimEnd }),
    ...(url !== undefined && { url }),
    text: chunk.text,
    // The similarity to an empty vector is NaN, which JSON cannot represent.
    ...(score !== undefined && Number.isFinite(score) && { score }),
    ...(chunk.location && { location: toLocation(chunk.location) }),
    ...(chunk.revision !== undefined && { revision: cutText(chunk.revision, MAX_REVISION_CHARS) }),
    metadata: allowedMetadata(chunk.metadata, policy.sourceMetadata),
  }
}

/** Cleans headings like titles; leaves out empty ones, and the first one if it repeats the title. */
function cleanSection(section: Chunk['section'] = [], title: string): readonly string[] {
  if (section.length === 0) return section
  const first = cleanTitle(section[0] ?? '') === title ? 1 : 0
  return section
    .slice(Math.max(first, section.length - MAX_HEADINGS))
    .map((heading) => cleanTitle(heading, MAX_HEADING_CHARS))
    .filter((heading) => heading !== '')
}

function allowedUrl(url: string | undefined, schemes: readonly string[]): string | undefined {
  const parsed = url === undefined ? null : URL.parse(url)
  // A URL with credentials is meant for the crawler and must not reach a reader.
  const allowed = parsed && schemes.includes(parsed.protocol) && `${parsed.username}${parsed.password}` === ''
  // Return the parsed form: browsers ignore some characters, such as tabs, which could hide the scheme in the original.
  return allowed && parsed.href.length <= MAX_URL_CHARS ? parsed.href : undefined
}

// JSON has no NaN or infinite numbers: they become null, which cannot be read back.
function toLocation(location: NonNullable<Chunk['location']>): NonNullable<Source['location']> {
  return Object.fromEntries(
    (['page', 'start', 'end'] as const).flatMap((key) =>
      Number.isFinite(location[key]) ? [[key, location[key]]] : [],
    ),
  )
}

function allowedMetadata(metadata: Chunk['metadata'], allowed: readonly string[]): Source['metadata'] {
  const kept: Record<string, unknown> = {}
  if (metadata === undefined || allowed.length === 0) return kept
  let left = MAX_METADATA_CHARS
  for (const key of new Set(allowed)) {
    if (!Object.hasOwn(metadata, key) || key === '__proto__') continue
    const json = toJson(metadata, key, left - key.length)
    if (json === undefined) continue
    left -= json.text.length + key.length
    kept[key] = json.value
  }
  return kept
}

// A value that JSON cannot represent is left out here, because in the encoder it would break the whole answer.
function toJson(metadata: object, key: string, maxChars: number): Json | undefined {
  try {
    // Reading the value may throw, too, if it is a getter.
    const text: unknown = JSON.stringify(Reflect.get(metadata, key))
    if (typeof text !== 'string' || text.length > maxChars || isTooDeep(text)) return undefined
    // `__proto__` sets the prototype, so the key would be lost when a record is read back.
    const value: unknown = JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value))
    return { text, value }
  } catch {
    return undefined
  }
}

interface Json {
  /** The value as JSON. */
  readonly text: string
  /** The value as JSON reads it back. */
  readonly value: unknown
}

/** Returns true if JSON is nested deeper than a record may be. */
function isTooDeep(json: string): boolean {
  let depth = 0
  return Array.from(json.matchAll(STRING_OR_BRACKET)).some(([found]) => {
    if (found === '[' || found === '{') depth += 1
    if (found === ']' || found === '}') depth -= 1
    return depth > MAX_JSON_DEPTH
  })
}

// Strings are matched as a whole, because brackets in them do not count.
const STRING_OR_BRACKET = /"(?:[^"\\]|\\.)*"|[[\]{}]/gu
