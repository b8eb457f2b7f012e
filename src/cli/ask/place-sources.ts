import { readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { ChatResult, Source } from '../../index.ts'

/** A source, and where a person finds it. */
export interface PlacedSource extends Source {
  /** The path of its file, relative to the current folder. */
  readonly path: string
  /** The line of the passage, from 1; absent if the file is not the plain text of the document. */
  readonly line?: number
}

/** The folders that a path is made of. */
export interface Places {
  /** The folder that the ids of documents are relative to. */
  readonly folder: string
  /** The folder that the shown paths are relative to. */
  readonly cwd: string
}

const MOST_BYTES = 5_000_000

/** Finds the file and the line of each source: that of the best passage of its first citation, or of its start. */
export async function placeSources(
  { sources, citations }: Pick<ChatResult, 'sources' | 'citations'>,
  { folder, cwd }: Places,
): Promise<readonly PlacedSource[]> {
  return Promise.all(
    sources.map(async (source) => {
      const file = join(folder, source.documentId)
      const passage = citations.find(({ number, passage: one }) => number === source.number && one)?.passage
      const line = await lineOf(source, { file, offset: passage?.start ?? 0 })
      return { ...source, path: relative(cwd, file) || file, ...(line !== undefined && { line }) }
    }),
  )
}

async function lineOf(
  { text, location }: Source,
  { file, offset }: { readonly file: string; readonly offset: number },
): Promise<number | undefined> {
  if (location?.start === undefined || location.page !== undefined) return undefined
  const content = await readText(file)
  // The text of an HTML page or of a changed file is another one.
  if (content?.startsWith(text, location.start) !== true) return undefined
  return content.slice(0, location.start + offset).split('\n').length
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file)
    return size > MOST_BYTES ? undefined : (await readFile(file, 'utf8')).replace(/^\ufeff/u, '')
  } catch {
    // The file was removed after it was indexed. The source still has its text.
    return undefined
  }
}
