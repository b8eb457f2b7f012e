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
    for await (const document of found) documents.push(document)
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
