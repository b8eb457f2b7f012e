import { readdir, readFile } from 'node:fs/promises'
import type { LibraryStatus } from './library.ts'

/** A file of the page, ready to be sent. */
export interface PageFile {
  /** The headers. */
  readonly headers: Readonly<Record<string, string>>
  /** The content. */
  readonly body: string
}

/** The texts of the page. */
export interface PageTexts {
  /** The title. */
  readonly title: string
  /** The name of the model, for its header. */
  readonly model: string
  /** Questions that it offers at its start. */
  readonly questions: readonly string[]
}

/** The files of the page. */
export interface Page {
  /** Its styles and scripts, by path. */
  readonly files: ReadonlyMap<string, PageFile>
  /** Returns its HTML. */
  render(status: LibraryStatus): PageFile
}

// Built beside the program.
const FOLDER = new URL('page/', import.meta.url)
const HTML = 'page.html'

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
}

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify; script-src 'self'"

/** Reads the files of the page. */
export async function readPage({ title, model, questions }: PageTexts): Promise<Page> {
  const names = (await readdir(FOLDER)).filter((name) => name !== HTML)
  const read = (name: string): Promise<string> => readFile(new URL(name, FOLDER), 'utf8')
  const files = await Promise.all(names.map(async (name) => [`/${name}`, toPageFile(name, await read(name))] as const))
  const html = await read(HTML)
  const items = questions.map((question) => `<li><button type="button">${escapeHtml(question)}</button></li>`)
  const fixed = {
    title: escapeHtml(title),
    model: escapeHtml(model),
    questions: items.length > 0 ? `<ul>${items.join('')}</ul>` : '',
  }
  return {
    files: new Map(files),
    render(status) {
      // The script of the page shows it in the language of the browser, and asks again while the index is made.
      const texts: Readonly<Record<string, string>> = { ...fixed, status: escapeHtml(JSON.stringify(status)) }
      return toPageFile(
        HTML,
        html.replaceAll(/\{\{(\w+)\}\}/gu, (_, key: string) => texts[key] ?? ''),
      )
    },
  }
}

function toPageFile(name: string, body: string): PageFile {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  const headers = {
    'content-type': type,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  }
  return { headers, body }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
