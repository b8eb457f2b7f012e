import { cpus } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../child.ts'
import { FILE_STORES, type FilesQuestion } from './files-process.ts'

const FILES = 10_000

/** Measures the indexing of Markdown files by words, and returns a report in Markdown. */
export async function runFiles(): Promise<string> {
  const rows: string[] = []
  for (const store of FILE_STORES) {
    console.error(`Measuring ${FILES} files in ${store} ...`)
    const child = startChild<FilesQuestion>(join(import.meta.dirname, 'files-process.ts'), {
      args: [store, String(FILES)],
    })
    try {
      const seconds = async (question: FilesQuestion): Promise<string> =>
        `${((await child.ask(question)) / 1000).toFixed(2)} s`
      await child.ask('write')
      const [first, firstCpu] = [await seconds('index'), await seconds('cpu')]
      const [again, againCpu] = [await seconds('index'), await seconds('cpu')]
      const [chunks, memory] = [await child.ask('chunks'), await child.ask('memory')]
      rows.push(`| ${store} | ${chunks} | ${first} (${firstCpu}) | ${again} (${againCpu}) | ${memory.toFixed(0)} MiB |`)
      await child.ask('close')
    } finally {
      await child.stop()
    }
  }
  return [
    `| store | chunks | ${FILES} files indexed | unchanged, again | memory |`,
    '|---|---:|---:|---:|---:|',
    ...rows,
    '',
    'Markdown files of about 3 kB (two of five words are function words) through readFolder and createKnowledge, by words',
    'only. Wall time, in brackets CPU time.',
    `Memory is the growth of the process. Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores.`,
  ].join('\n')
}
