import { readdir, readFile } from 'node:fs/promises'
import type { LocalDocument } from 'ragwire/local'

const PROJECT = new URL('../../', import.meta.url)
const FOLDERS = ['docs/', 'docs/guides/', 'docs/guides/zh/']

// A generated table of one sentence a row, which answers no question.
const LEFT_OUT = 'guarantees.md'

/** Reads the documents of the demo: the README and the guides of this project. */
export async function readDocuments(): Promise<readonly LocalDocument[]> {
  const files = await Promise.all(FOLDERS.map(markdownFiles))
  return Promise.all(['README.md', ...files.flat()].map(readDocument))
}

async function markdownFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(new URL(folder, PROJECT))
  return names
    .filter((name) => name.endsWith('.md') && name !== LEFT_OUT)
    .sort()
    .map((name) => folder + name)
}

async function readDocument(path: string): Promise<LocalDocument> {
  const text = await readFile(new URL(path, PROJECT), 'utf8')
  return { documentId: path, text: unwrap(text) }
}

const COMMENT = /<!--.*?-->/gs
const CODE_BLOCK = /^(```.*?^```)$/ms
const LINE_BREAK_IN_PARAGRAPH = /(?<=[^\n|])\n *(?![\s#>|*+-]|\d+\.|```)/g

/** Makes each paragraph one line and omits comments, so that a quotation shows no syntax of the source file. */
function unwrap(markdown: string): string {
  const parts = markdown.split(CODE_BLOCK)
  return parts.map((part, index) => (index % 2 === 1 ? part : onOneLine(part.replace(COMMENT, '')))).join('')
}

function onOneLine(paragraphs: string): string {
  return paragraphs.replace(LINE_BREAK_IN_PARAGRAPH, ' ')
}
