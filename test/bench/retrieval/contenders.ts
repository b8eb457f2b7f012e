import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainRowScanner } from '../../../src/knowledge/search/scan-rows.ts'
import { createVectorIndex, type VectorIndex } from '../../../src/knowledge/search/vector-index.ts'
import { createLoop } from './loop.ts'
import { DIMENSIONS } from './sample-vectors.ts'

/** A search of the benchmark. */
export interface BenchSearch {
  /** Maximum number of hits. */
  readonly topK: number
  /** Only ids that it divides may be found; 1 for all. */
  readonly oneIn: number
}

/** A retrieval that the benchmark measures. It runs in a process of its own. */
export interface Contender {
  /** Adds vectors. The first one gets the id `firstId`, and each one the next. */
  add(firstId: number, vectors: readonly Float32Array[]): Promise<void> | void
  /** Returns the ids of the nearest vectors, the best first. */
  search(query: Float32Array, search: BenchSearch): Promise<readonly number[]> | readonly number[]
  /** Opens what was built once more, as after a restart. Absent if it cannot be saved. */
  reopen?(): Promise<void> | void
  /** Removes what it has written. */
  close?(): Promise<void> | void
}

/** All contenders by name. The first one is the reference for times and results. */
export const contenders: Readonly<Record<string, () => Contender | Promise<Contender>>> = {
  'Float32Array loop': createLoop,
  'vector index': () => overIndex(() => createVectorIndex({ dimensions: DIMENSIONS })),
  'vector index, vectors in a file': vectorsInFile,
  'vector index, no WebAssembly': () => overIndex(() => createVectorIndex({ dimensions: DIMENSIONS }, plainRowScanner)),
}

function overIndex(create: () => VectorIndex): Contender {
  let index = create()
  return {
    add(firstId, vectors) {
      for (const [at, vector] of vectors.entries()) index.add(firstId + at, vector)
    },
    search: (query, { topK, oneIn }) =>
      index.search(query, { topK, allows: oneIn === 1 ? undefined : (id) => id % oneIn === 0 }).map(({ id }) => id),
    reopen() {
      const opened = create()
      for (const packed of index.pack()) opened.load(packed)
      index = opened
    },
  }
}

/** Keeps the vectors in a file, as a database does. */
function vectorsInFile(): Contender {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-bench-'))
  const file = openSync(join(folder, 'vectors'), 'w+')
  const bytesOfVector = DIMENSIONS * Float32Array.BYTES_PER_ELEMENT
  const vectorOf = (id: number): Float32Array => {
    const vector = new Float32Array(DIMENSIONS)
    readSync(file, vector, { position: id * bytesOfVector })
    return vector
  }
  const contender = overIndex(() =>
    createVectorIndex({ dimensions: DIMENSIONS, vectorsOf: (ids) => ids.map(vectorOf) }),
  )
  return {
    ...contender,
    add(firstId, vectors) {
      for (const [at, vector] of vectors.entries())
        writeSync(file, vector, 0, bytesOfVector, (firstId + at) * bytesOfVector)
      return contender.add(firstId, vectors)
    },
    close() {
      closeSync(file)
      rmSync(folder, { recursive: true })
    },
  }
}
