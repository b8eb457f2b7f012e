import { Buffer } from 'node:buffer'
import { execFileSync } from 'node:child_process'
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { docxFiles, paragraph, zip } from '../support/raw-docx.ts'
import { deflated, rawPdf, textAt, textPages } from '../support/raw-pdf.ts'

/** Files that a test has written, by the path of each. */
export interface MixedFiles {
  /** The word that only this file has. */
  readonly good: ReadonlyMap<string, string>
  /** The code with which the file is skipped. */
  readonly bad: ReadonlyMap<string, string>
}

const UTF16_MARK = '\uFEFF'

/** Writes readable files of every kind, one for each number. */
const GOOD: readonly (readonly [extension: string, (text: string) => string | Uint8Array])[] = [
  ['md', (text) => `# Heading\n\n${text}`],
  ['txt', (text) => text],
  ['ts', (text) => `export const text = '${text}'\n`],
  ['html', (text) => `<!doctype html><title>Page</title><main><p>${text}</p></main>`],
  ['json', (text) => JSON.stringify({ text })],
  ['csv', (text) => `id,text\n1,${text}\n`],
  ['utf16.txt', (text) => Buffer.from(UTF16_MARK + text, 'utf16le')],
  ['latin1.html', (text) => Buffer.from(`<meta charset="iso-8859-1"><p>café ${text}</p>`, 'latin1')],
  ['🐧 with\nline break.md', (text) => text],
]

/** Each of these costs a worker, so that there are only a few of them. */
const COSTLY: readonly (readonly [extension: string, (text: string) => Uint8Array])[] = [
  ['docx', (text) => zip(docxFiles(paragraph(text)))],
  ['pdf', (text) => rawPdf(textPages([textAt(72, 700, text)]))],
]
const COSTLY_FILES = 12

/** Writes files into a folder, bad ones among them, and also links and a pipe. */
export async function writeMixedFiles(folder: string, count: number): Promise<MixedFiles> {
  const good = new Map<string, string>()
  const files = new Map<string, string | Uint8Array>()
  const bad = new Map<string, string>()
  for (const [path, [code, content]] of Object.entries(badFiles())) {
    files.set(path, content)
    bad.set(path, code)
  }
  while (files.size < count) {
    const number = good.size
    const kinds = number < COSTLY_FILES ? COSTLY : GOOD
    const [extension, write] = kinds[number % kinds.length] ?? ['txt', (text: string) => text]
    const path = `${number % 20}/file ${number}.${extension}`
    const word = `unique${number}word`
    files.set(path, write(`Reservoirs feed canals near ${word} in spring.`))
    good.set(path, word)
  }
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  // A sparse file: it has no blocks on the disk.
  await truncate(join(folder, 'bad/large.txt'), 2 ** 30)
  await symlink('..', join(folder, 'bad/cycle'))
  await symlink('/etc', join(folder, 'bad/outside'))
  execFileSync('mkfifo', [join(folder, 'bad/pipe.txt')])
  for (const path of ['bad/cycle', 'bad/outside', 'bad/pipe.txt']) bad.set(path, 'unreadable')
  return { good, bad }
}

function badFiles(): Readonly<Record<string, readonly [code: string, content: string | Uint8Array]>> {
  const pdf = rawPdf(textPages([textAt(72, 700, 'Secret text.')]))
  const docx = zip(docxFiles(paragraph('Broken text.')))
  return {
    'bad/large.txt': ['too-large', ''],
    'bad/binary.txt': ['not-text', Uint8Array.from({ length: 4_096 }, (_, index) => (index * 7) % 256)],
    'bad/nul.md': ['not-text', 'text\0text'],
    'bad/latin1.txt': ['not-text', Buffer.from('café au lait', 'latin1')],
    'bad/image.png': ['unsupported', Uint8Array.of(0x89, 0x50, 0x4e, 0x47)],
    'bad/locked.pdf': ['password-protected', rawPdf(textPages([textAt(72, 700, 'x')]), { password: 'secret' })],
    'bad/bomb.pdf': ['too-large', rawPdf(textPages([deflated(new Uint8Array(600 * 1024 * 1024))]))],
    'bad/truncated.pdf': ['damaged', pdf.subarray(0, pdf.length / 2)],
    'bad/text.pdf': ['damaged', 'This is no PDF.'],
    'bad/truncated.docx': ['damaged', docx.subarray(0, docx.length / 2)],
    'bad/text.docx': ['damaged', 'This is no DOCX.'],
    'bad/empty.txt': ['empty', ''],
    'bad/empty.md': ['empty', ' \n\n'],
    'bad/empty.html': ['empty', '<p></p>'],
    'bad/growing.log': ['unreadable', 'x'.repeat(8 * 1024 * 1024)],
    'bad/nan.md': ['embedding-failed', 'Text of broken-nan.'],
    'bad/few.md': ['embedding-failed', 'Text of broken-few.'],
    'bad/short.md': ['embedding-failed', 'Text of broken-short.'],
  }
}
