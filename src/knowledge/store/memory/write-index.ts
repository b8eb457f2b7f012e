import { encodedChunks, encodedDocument, vectorsOf } from './document-entry.ts'
import {
  ALIGNMENT,
  CHECKED_FROM,
  encodePrelude,
  PRELUDE_BYTES,
  type FileHeader,
  type ScopeHeader,
  type Section,
} from './index-file.ts'
import type { NodeFile, NodeModules } from './node-modules.ts'
import type { IndexSnapshot, ScopeSnapshot } from './take-snapshot.ts'

/** The file that a snapshot is written to. */
export interface IndexTarget {
  /** The open file, which is empty. */
  readonly file: NodeFile
  /** Computes the checksum. */
  readonly crc32: NodeModules['crc32']
  /** Ends the work. */
  readonly signal: AbortSignal
}

/** Writes a snapshot to a file. The prelude is the last that is written. */
export async function writeIndex(snapshot: IndexSnapshot, target: IndexTarget): Promise<void> {
  const writer = createSectionWriter(target)
  const scopes: ScopeHeader[] = []
  for (const scope of snapshot.scopes) scopes.push(await writeScope(scope, writer))
  const { lifeId, commits, embedding } = snapshot
  const header: FileHeader = { lifeId, commits, embedding, scopes }
  const place = await writer.section([encodeJson(header)])
  await writer.finish(place)
}

async function writeScope(snapshot: ScopeSnapshot, writer: SectionWriter): Promise<ScopeHeader> {
  const { scope, nextRow, entries, terms, packed } = snapshot
  const termSections: Record<string, Section> = {}
  for (const [name, array] of Object.entries(terms)) termSections[name] = await writer.section([bytesOf(array)])
  const ends = new Float64Array(entries.length * 2)
  const hasVectors = packed.length > 0
  return {
    scope,
    nextRow,
    terms: termSections,
    ids: await writer.section([encodeJson(entries.map(({ documentId }) => documentId))]),
    rows: await writer.section([
      bytesOf(Uint32Array.from(entries.flatMap(({ firstRow, chunkCount }) => [firstRow, chunkCount]))),
    ]),
    texts: await writer.section(encodedTexts(entries, ends)),
    // Filled while the texts are written.
    ends: await writer.section([bytesOf(ends)]),
    ...(hasVectors && {
      vectors: await writer.section(entries.map((entry) => bytesOf(vectorsOf(entry)))),
      packedIds: await writer.section(packed.map(({ ids }) => bytesOf(ids))),
      packedRows: await writer.section(packed.map(({ rows }) => rows)),
    }),
  }
}

function* encodedTexts(entries: ScopeSnapshot['entries'], ends: Float64Array): Generator<Uint8Array> {
  let end = 0
  for (const [index, entry] of entries.entries()) {
    for (const [part, bytes] of [encodedDocument(entry), encodedChunks(entry)].entries()) {
      end += bytes.length
      ends[2 * index + part] = end
      yield bytes
    }
  }
}

function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

interface SectionWriter {
  /** Writes a section of several parts, and returns its place. */
  section(parts: Iterable<Uint8Array>): Promise<Section>
  /** Writes the prelude. */
  finish(header: Section): Promise<void>
}

// Texts are small; they are joined to writes of this size.
const WRITE_BYTES = 1024 * 1024

function createSectionWriter({ file, crc32, signal }: IndexTarget): SectionWriter {
  const pending = new Uint8Array(WRITE_BYTES)
  let pendingBytes = 0
  let written = PRELUDE_BYTES
  let checksum = 0

  async function write(bytes: Uint8Array): Promise<void> {
    signal.throwIfAborted()
    checksum = crc32(bytes, checksum)
    await writeAll(file, bytes, written)
    written += bytes.length
  }

  async function flush(): Promise<void> {
    const bytes = pending.subarray(0, pendingBytes)
    pendingBytes = 0
    if (bytes.length > 0) await write(bytes)
  }

  async function append(bytes: Uint8Array): Promise<void> {
    if (pendingBytes + bytes.length > WRITE_BYTES) await flush()
    if (bytes.length > WRITE_BYTES) return write(bytes)
    pending.set(bytes, pendingBytes)
    pendingBytes += bytes.length
  }

  return {
    async section(parts) {
      const position = written + pendingBytes
      await append(new Uint8Array(-position & (ALIGNMENT - 1)))
      const start = written + pendingBytes
      for (const bytes of parts) await append(bytes)
      return [start, written + pendingBytes - start]
    },
    async finish(header) {
      await flush()
      const fields = { fileBytes: written, header }
      const checked = encodePrelude({ ...fields, checksum: 0 }).subarray(CHECKED_FROM)
      await writeAll(file, encodePrelude({ ...fields, checksum: crc32(checked, checksum) }), 0)
    },
  }
}

// Node writes at most 2 GiB at a time.
const MOST_BYTES = 2 ** 30

async function writeAll(file: NodeFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const length = Math.min(MOST_BYTES, bytes.length - done)
    const { bytesWritten } = await file.write(bytes, done, length, position + done)
    done += bytesWritten
  }
}
