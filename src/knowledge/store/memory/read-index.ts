import { createTermIndex } from '../../search/term-index.ts'
import { IndexFileError } from '../index-file-error.ts'
import type { EmbeddingSpace } from '../knowledge-store.ts'
import type { DocumentEntry } from './document-entry.ts'
import {
  decodePrelude,
  FORMAT_VERSION,
  type FileHeader,
  type ScopeHeader,
  type Section,
  type Prelude,
} from './index-file.ts'
import type { SavedIndex } from './memory-index.ts'
import { nodeModules } from './node-modules.ts'
import { readBytes } from './read-bytes.ts'
import { createScopeIndex, type ScopeIndex } from './scope-index.ts'

/** Reads the index in a file. Its arrays are used in place; texts are decoded at first use. */
export async function readIndex(path: string, signal: AbortSignal): Promise<SavedIndex> {
  const modules = nodeModules()
  let expected: Prelude | undefined
  const check = (prelude: Uint8Array, fileBytes: number) => (expected = checkPrelude(prelude, path, fileBytes))
  const { bytes, checksum } = await readBytes(path, { modules, check, signal })
  if (!expected || checksum !== expected.checksum) throw damaged(path, 'its checksum is wrong')
  try {
    const { lifeId, commits, embedding, scopes }: FileHeader = parseJson(bytes, expected.header)
    return { lifeId, commits, embedding, scopes: scopes.map((scope) => readScope(scope, bytes, embedding)) }
  } catch (error) {
    throw damaged(path, 'its content is not that of an index', error)
  }
}

function checkPrelude(bytes: Uint8Array, path: string, actualBytes: number): Prelude {
  const prelude = decodePrelude(bytes)
  if (!prelude) throw foreign(path, 'it is not an index that a store has saved')
  const { version, fileBytes, isNativeOrder } = prelude
  if (version !== FORMAT_VERSION) {
    throw foreign(path, `it has version ${version}, and this release reads ${FORMAT_VERSION}`)
  }
  if (!isNativeOrder) throw foreign(path, 'it comes from a machine with another byte order')
  if (actualBytes !== fileBytes) throw damaged(path, `it has ${actualBytes} bytes instead of ${fileBytes}`)
  return prelude
}

function readScope(header: ScopeHeader, bytes: Uint8Array, embedding: EmbeddingSpace | undefined): ScopeIndex {
  const { scope, nextRow, terms, packedIds, packedRows } = header
  const u32 = (name: string) => new Uint32Array(...placeOf(bytes, terms[name], 4))
  return createScopeIndex(scope, {
    entries: readEntries(header, bytes, embedding?.dimensions ?? 0),
    terms: createTermIndex({
      bytes: new Uint8Array(...placeOf(bytes, terms['bytes'], 1)),
      starts: u32('starts'),
      buckets: u32('buckets'),
      heads: u32('heads'),
      entries: u32('entries'),
      ids: u32('ids'),
      lengths: u32('lengths'),
      largeCounts: new Float64Array(...placeOf(bytes, terms['largeCounts'], 8)),
    }),
    packed: packedIds && {
      ids: new Float64Array(...placeOf(bytes, packedIds, 8)),
      rows: new Uint8Array(...placeOf(bytes, packedRows, 1)),
    },
    dimensions: embedding?.dimensions ?? 0,
    nextRow,
  })
}

function readEntries(header: ScopeHeader, bytes: Uint8Array, dimensions: number): readonly DocumentEntry[] {
  const ids: readonly string[] = parseJson(bytes, header.ids)
  const rows = new Uint32Array(...placeOf(bytes, header.rows, 4))
  const ends = new Float64Array(...placeOf(bytes, header.ends, 8))
  const numbers = header.vectors ? new Float32Array(...placeOf(bytes, header.vectors, 4)) : new Float32Array(0)
  const [textsAt] = header.texts
  let row = 0
  return ids.map((documentId, index) => {
    const chunkCount = rows[2 * index + 1] ?? 0
    row += chunkCount
    return {
      documentId,
      firstRow: rows[2 * index] ?? 0,
      chunkCount,
      dimensions,
      numbers,
      numbersAt: (row - chunkCount) * dimensions,
      texts: bytes,
      documentAt: textsAt + (index === 0 ? 0 : (ends[2 * index - 1] ?? 0)),
      chunksAt: textsAt + (ends[2 * index] ?? 0),
      textsEnd: textsAt + (ends[2 * index + 1] ?? 0),
      document: undefined,
      chunks: undefined,
    }
  })
}

/** Returns the arguments of the constructor of an array over a section. */
function placeOf(bytes: Uint8Array, section: Section | undefined, width: number): [ArrayBuffer, number, number] {
  if (!section) throw new RangeError('a section is missing')
  const { buffer } = bytes
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('the bytes are shared')
  return [buffer, section[0], section[1] / width]
}

function parseJson<T>(bytes: Uint8Array, [offset, length]: Section): T {
  return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(offset, offset + length)))
}

function foreign(path: string, reason: string): IndexFileError {
  const fix = 'Give the path of a saved index, or index the documents again and save them to this path'
  return new IndexFileError(`Cannot load the index from ${path}: ${reason}. ${fix}`, { code: 'foreign' })
}

function damaged(path: string, reason: string, cause?: unknown): IndexFileError {
  const fix = 'Restore a copy of the file, or delete it and index the documents again'
  return new IndexFileError(`Cannot load the index from ${path}: the file is damaged: ${reason}. ${fix}`, {
    code: 'damaged',
    cause,
  })
}
