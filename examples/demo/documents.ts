import { fileURLToPath } from 'node:url'
import { readFolder, type KnowledgeDocument } from 'ragwire/knowledge'

const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDERS = new Set(['docs', 'docs/guides', 'docs/guides/zh', 'examples', 'examples/demo'])
const FILES = new Set(['README.md', 'examples/demo/handbook.pdf'])

// A generated table of one sentence a row, which answers no question.
const LEFT_OUT = 'docs/guarantees.md'

/** Finds the documents of the demo: the files below the folder `DEMO_DOCUMENTS`, or else the README, the guides and the
 * handbook of this project. A file is read when its `content` is called.
 * @throws Error that names the fix when the folder cannot be read
 */
export async function findDocuments(env: NodeJS.ProcessEnv): Promise<readonly KnowledgeDocument[]> {
  const folder = env['DEMO_DOCUMENTS']
  const documents: KnowledgeDocument[] = []
  try {
    const found = folder ? readFolder(folder) : readFolder(PROJECT, { include: isFile, exclude: isOther })
    for await (const document of found) documents.push(folder ? document : withoutLineBreaks(document))
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new Error(`DEMO_DOCUMENTS is "${folder}": set it to a folder of documents (${reason})`, { cause: thrown })
  }
  if (documents.length > 0) return documents
  throw new Error(`DEMO_DOCUMENTS is "${folder}": it has no files, so set it to a folder of documents`)
}

function isFile(path: string): boolean {
  return FILES.has(path) || (path.startsWith('docs/') && path.endsWith('.md') && path !== LEFT_OUT)
}

/** Keeps other folders of the project from being listed. */
function isOther(path: string): boolean {
  return !FOLDERS.has(path) && !isFile(path)
}

function withoutLineBreaks(document: KnowledgeDocument): KnowledgeDocument {
  const { documentId, content } = document
  if (!documentId.endsWith('.md') || typeof content !== 'function') return document
  return { ...document, content: async (options) => unwrap(new TextDecoder().decode(toBytes(await content(options)))) }
}

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
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
