import type { EmbeddingSpace } from '../knowledge-store.ts'

/**
 * The form of a file: a prelude of fixed length, arrays as they are in memory, and a header in JSON with their places.
 * The prelude has, in this order: the name of the format, its version, the checksum of the rest, the length of the file,
 * the place of the header, and a number that shows the byte order of the arrays.
 */
const FORMAT_NAME = 'ragwire knowledge index\n'

/** The version of the format. It changes with the form of any array, also of those of the indexes within. */
export const FORMAT_VERSION = 1

/** Length of the prelude. */
export const PRELUDE_BYTES = 64

/** The offset from which the checksum counts. */
export const CHECKED_FROM = 32

/** The arrays begin at multiples of this, so that each can be viewed in place. */
export const ALIGNMENT = 16

/** A part of the file: its offset and its length in bytes. */
export type Section = readonly [offset: number, bytes: number]

/** The header of the file. */
export interface FileHeader {
  /** See `SavedIndex`. */
  readonly lifeId: string
  /** Number of commits. */
  readonly commits: number
  /** The space of the vectors. */
  readonly embedding?: EmbeddingSpace | undefined
  /** The scopes. */
  readonly scopes: readonly ScopeHeader[]
}

/** The sections of a scope. */
export interface ScopeHeader {
  /** The scope. */
  readonly scope: string
  /** The row of the next chunk. */
  readonly nextRow: number
  /** The arrays of the index of terms, by name. */
  readonly terms: Readonly<Record<string, Section>>
  /** The ids of the documents, in JSON. */
  readonly ids: Section
  /** Two numbers for each document: the row of its first chunk, and the number of its chunks (Uint32). */
  readonly rows: Section
  /** Documents and chunks in JSON, in turn. */
  readonly texts: Section
  /** The end of each part of `texts`, relative to its offset (Float64). */
  readonly ends: Section
  /** The vectors of all documents (Float32). Absent if there are none. */
  readonly vectors?: Section | undefined
  /** The ids of the packed vectors (Float64). */
  readonly packedIds?: Section | undefined
  /** The packed vectors. */
  readonly packedRows?: Section | undefined
}

/** The numbers of a prelude. */
export interface Prelude {
  /** Version of the format. */
  readonly version: number
  /** Checksum of the file from {@link CHECKED_FROM}, the body first. */
  readonly checksum: number
  /** Length of the file. */
  readonly fileBytes: number
  /** The place of the header. */
  readonly header: Section
  /** True if the arrays have the byte order of this machine. */
  readonly isNativeOrder: boolean
}

const ORDER_MARK = 0x01_02_03_04

/** Writes a prelude. */
export function encodePrelude({ checksum, fileBytes, header }: Omit<Prelude, 'version' | 'isNativeOrder'>): Uint8Array {
  const bytes = new Uint8Array(PRELUDE_BYTES)
  bytes.set(new TextEncoder().encode(FORMAT_NAME))
  const view = new DataView(bytes.buffer)
  view.setUint32(24, FORMAT_VERSION, true)
  view.setUint32(28, checksum, true)
  view.setFloat64(32, fileBytes, true)
  view.setFloat64(40, header[0], true)
  view.setFloat64(48, header[1], true)
  bytes.set(new Uint8Array(Uint32Array.of(ORDER_MARK).buffer), 56)
  return bytes
}

/** Reads a prelude; `undefined` if the bytes are not those of an index. */
export function decodePrelude(bytes: Uint8Array): Prelude | undefined {
  if (bytes.length < PRELUDE_BYTES) return undefined
  if (new TextDecoder().decode(bytes.subarray(0, FORMAT_NAME.length)) !== FORMAT_NAME) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, PRELUDE_BYTES)
  return {
    version: view.getUint32(24, true),
    checksum: view.getUint32(28, true),
    fileBytes: view.getFloat64(32, true),
    header: [view.getFloat64(40, true), view.getFloat64(48, true)],
    isNativeOrder: new Uint32Array(bytes.slice(56, 60).buffer)[0] === ORDER_MARK,
  }
}
