// The process that `kill-index.ts` kills: it examines the index, continues the sync that was interrupted, and goes on
// with the next rounds until it is killed. Each line that it prints is written before the next step begins.
import { writeSync } from 'node:fs'
import { createKnowledge, type Knowledge, type KnowledgeStore } from 'ragwire/knowledge'
import { contentOf, documentIdOf, documentsOf, DOCUMENTS, PARAGRAPHS, wordOf } from './generated-documents.ts'
import { openIndex, type IndexStoreName, type OpenedIndex } from './index-stores.ts'

/** The command line options of the process. */
export interface IndexAppOptions {
  readonly store: IndexStoreName
  /** A URL or a file. */
  readonly at: string
  /** The round that was interrupted. */
  readonly round: number
}

/** Phases of an indexing. */
export type IndexPhase = 'reading' | 'committing' | 'saving'

/** A document whose outcome is durable. */
export interface Acknowledgement {
  readonly documentId: string
  readonly round: number
}

/** A line that the process prints. */
export type IndexReportLine =
  | { readonly type: 'found'; readonly versions: readonly FoundVersion[]; readonly problems: readonly string[] }
  | { readonly type: 'continued'; readonly problems: readonly string[] }
  | { readonly type: 'phase'; readonly phase: IndexPhase; readonly round: number }
  | { readonly type: 'acknowledged'; readonly documents: readonly Acknowledgement[] }

/** A document in the index, and the version that its chunks have. */
export type FoundVersion = readonly [documentId: string, version: number]

// One paragraph has about 200 characters, so that each becomes a chunk.
const CHUNK_CHARS = 300
const { signal } = new AbortController()

const { store: name, at, round: first } = JSON.parse(process.argv[2] ?? '{}') as IndexAppOptions
const opened = await openIndex(name, at)
let round = first
const knowledge = createKnowledge({
  store: withPhases(opened.store),
  embedder: opened.embedder,
  chunkChars: CHUNK_CHARS,
})

print({ type: 'found', ...(await examine(knowledge, opened)) })
await indexRound()
const { ok, problems, differences } = await knowledge.verify(documentsOf(round))
const found = [...problems, ...differences.map(({ message }) => message)]
print({ type: 'continued', problems: ok ? [] : ['verify() is not ok', ...found] })
for (;;) {
  round += 1
  await indexRound()
}

/** Indexes the documents of the round. The documents of a store that saves are acknowledged after the save. */
async function indexRound(): Promise<void> {
  print({ type: 'phase', phase: 'reading', round })
  let waiting: Acknowledgement[] = []
  const acknowledge = async (): Promise<void> => {
    const documents = waiting
    waiting = []
    if (opened.save) {
      print({ type: 'phase', phase: 'saving', round })
      await opened.save()
      print({ type: 'phase', phase: 'reading', round })
    }
    print({ type: 'acknowledged', documents })
  }
  for await (const event of knowledge.sync(documentsOf(round))) {
    if (event.type === 'document') waiting.push({ documentId: event.documentId, round })
    // The sync goes on while it is saved.
    if (!opened.save || event.type === 'progress') await acknowledge()
  }
  await acknowledge()
}

function withPhases(store: KnowledgeStore): KnowledgeStore {
  return {
    ...store,
    async commit(change, call) {
      print({ type: 'phase', phase: 'committing', round })
      const state = await store.commit(change, call)
      print({ type: 'phase', phase: 'reading', round })
      return state
    },
  }
}

/** Reads every document, and compares its chunks, terms and vectors with what one version has. */
async function examine(knowledge: Knowledge, { store, embedder }: OpenedIndex) {
  const problems: string[] = [...(await knowledge.verify()).problems]
  const versions: FoundVersion[] = []
  const lexical = knowledge.retriever({ mode: 'lexical' })
  const byVector = embedder && knowledge.retriever({ mode: 'vector' })
  for (let index = 0; index < DOCUMENTS; index++) {
    const documentId = documentIdOf(index)
    const stored = await store.document({ scope: '', documentId }, { signal })
    if (!stored) continue
    const version = Number(/v(\d+)p/u.exec(stored.chunks[0]?.text ?? '')?.[1])
    versions.push([documentId, version])
    const content = contentOf(index, version)
    const isWhole =
      stored.chunks.length === PARAGRAPHS &&
      stored.chunks.every(({ text, start, end }) => text === content.slice(start, end)) &&
      stored.chunks.every(({ text }, part) => text.startsWith(`${wordOf(index, version, part)} `))
    if (!isWhole) problems.push(`${documentId} does not have the ${PARAGRAPHS} chunks of version ${version}`)
    const part = index % PARAGRAPHS
    const { chunkId } = stored.chunks[part] ?? {}
    const [term] = await lexical.retrieve(wordOf(index, version, part), { topK: 1, signal })
    if (term?.chunk.documentId !== documentId || term.chunk.chunkId !== chunkId)
      problems.push(`${documentId} is not found by a word of version ${version}`)
    // Neighbouring paragraphs have similar vectors, so the best one is asked for by its whole text.
    const [near] = (await byVector?.retrieve(stored.chunks[part]?.text ?? '', { topK: 1, signal })) ?? []
    if (byVector && near?.chunk.documentId !== documentId)
      problems.push(`${documentId} is not found by a vector of version ${version}`)
  }
  return { versions, problems }
}

function print(line: IndexReportLine): void {
  // Written at once, so that a kill cannot lose it.
  writeSync(1, `${JSON.stringify(line)}\n`)
}
