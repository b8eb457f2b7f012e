import { readdir, readFile } from 'node:fs/promises'

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const FOLDER = new URL('page/', import.meta.url)

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Reads the page with all that belongs to it, by path. `about` is the line in its head. */
export async function readPage({ about }: { readonly about: string }): Promise<ReadonlyMap<string, PageFile>> {
  const page = new Map<string, PageFile>()
  for (const name of await readdir(FOLDER)) {
    const text = await readFile(new URL(name, FOLDER), 'utf8')
    const body = text.replace('{{about}}', () => escapeHtml(about))
    page.set(name === 'page.html' ? '/' : `/${name}`, toPageFile(name, body))
  }
  return page
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
