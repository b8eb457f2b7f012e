import { readdir, readFile } from 'node:fs/promises'

/** A file of the page, ready to be sent. */
export interface PageFile {
  /** The headers. */
  readonly headers: Readonly<Record<string, string>>
  /** The content. */
  readonly body: string
}

/** The texts of the page that depend on the documents. */
export interface PageTexts {
  /** The title. */
  readonly title: string
  /** The line in its header. */
  readonly about: string
  /** Questions that it offers at its start. */
  readonly questions: readonly string[]
}

// Built beside the program.
const FOLDER = new URL('page/', import.meta.url)

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  map: 'application/json',
}

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify; script-src 'self'"

/** Reads the files of the page, by path. */
export async function readPage({ title, about, questions }: PageTexts): Promise<ReadonlyMap<string, PageFile>> {
  const names = await readdir(FOLDER)
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(new URL(name, FOLDER), 'utf8')] as const),
  )
  const list = questions.map((question) => `<li><button type="button">${escapeHtml(question)}</button></li>`).join('')
  const texts: Readonly<Record<string, string>> = {
    title: escapeHtml(title),
    about: escapeHtml(about),
    questions: list,
  }
  return new Map(
    files.map(([name, text]) => {
      if (name !== 'page.html') return [`/${name}`, toPageFile(name, text)]
      return [
        '/',
        toPageFile(
          name,
          text.replaceAll(/\{\{(\w+)\}\}/gu, (_, key: string) => texts[key] ?? ''),
        ),
      ]
    }),
  )
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
