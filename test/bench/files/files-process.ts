import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { collectReport, createKnowledge, memoryKnowledgeStore, readFolder } from '../../../src/knowledge.ts'
import { sqliteKnowledgeStore } from '../../../src/sqlite.ts'
import { answerParent } from '../child.ts'
import { createSampleTexts } from '../retrieval/sample-texts.ts'

/** The stores that are measured. */
export const FILE_STORES = ['memory', 'SQLite'] as const

/**
 * The questions to the process. `write` makes the files; `index` is the wall time of indexing them and `cpu` the CPU time of
 * that, in milliseconds; `memory` is the growth of the process in MiB.
 */
export type FilesQuestion = 'write' | 'index' | 'cpu' | 'chunks' | 'memory' | 'close'

const SECTION_TEXTS = 2
const FILE_CHARS = 3_000
const FILES_IN_FOLDER = 100

// The parent imports the names only.
if (process.argv[1] === fileURLToPath(import.meta.url)) serve()

function serve(): void {
  const [name, count] = process.argv.slice(2)
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-files-'))
  const database = name === 'SQLite' ? new DatabaseSync(join(folder, '.index.db')) : undefined
  const store = database ? sqliteKnowledgeStore({ database }) : memoryKnowledgeStore()
  const knowledge = createKnowledge({ store })
  const memory = (): number => process.memoryUsage.rss() / 1024 / 1024
  let [cpuMs, memoryAtStart] = [0, 0]

  answerParent(async (question: FilesQuestion) => {
    switch (question) {
      case 'write':
        for (let id = 0; id < Number(count); id++) writeSample(folder, id)
        memoryAtStart = memory()
        return 0
      case 'index': {
        const [startedAt, before] = [performance.now(), process.cpuUsage()]
        await collectReport(knowledge.sync(readFolder(folder)))
        const { user, system } = process.cpuUsage(before)
        cpuMs = (user + system) / 1000
        return performance.now() - startedAt
      }
      case 'cpu':
        return cpuMs
      case 'chunks':
        return (await knowledge.state()).chunks
      case 'memory':
        globalThis.gc?.()
        return memory() - memoryAtStart
      case 'close':
        database?.close()
        rmSync(folder, { recursive: true })
        return 0
    }
  })
}

// As in English text, two of five words are function words.
const FUNCTION_WORDS = ['the', 'of', 'and', 'to', 'in', 'is', 'that', 'for', 'with', 'was', 'on', 'by']
const WORDS_OF_SENTENCE = 12

/** Writes a file with headings and paragraphs. */
function writeSample(root: string, id: number): void {
  const folder = join(root, String(Math.floor(id / FILES_IN_FOLDER)))
  mkdirSync(folder, { recursive: true })
  const { text, query } = createSampleTexts(id + 1)
  let content = `# ${query()}\n`
  for (let part = 0; content.length < FILE_CHARS; part++) {
    if (part % SECTION_TEXTS === 0) content += `\n## ${query()}\n`
    content += `\n${sentencesOf(text(), id + part)}\n`
  }
  writeFileSync(join(folder, `${id}.md`), content)
}

function sentencesOf(text: string, seed: number): string {
  const words = text.split(' ').flatMap((word, at) => {
    const functionWord = FUNCTION_WORDS[(seed + at * 7) % FUNCTION_WORDS.length] ?? ''
    return at % 3 === 2 ? [word] : [functionWord, word]
  })
  return words
    .map((word, at) => {
      const isFirst = at % WORDS_OF_SENTENCE === 0
      const isLast = at % WORDS_OF_SENTENCE === WORDS_OF_SENTENCE - 1 || at === words.length - 1
      return `${isFirst ? word.charAt(0).toUpperCase() + word.slice(1) : word}${isLast ? '.' : ''}`
    })
    .join(' ')
}
