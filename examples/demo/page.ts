import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const FOLDER = new URL('page/', import.meta.url)
// The page uses the client of the package as it is, which needs no bundler.
const LIBRARY = new URL('.', import.meta.resolve('ragwire'))
const VENDORS = { 'marked.js': 'marked', 'dompurify.js': 'dompurify' }
const IMPORT_MAP = /<script type="importmap">(.*?)<\/script>/s

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

// The last directive is completed by the hash of the import map.
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify; script-src 'self'"

/** Reads the files of the page, by path. `about` is the line in its header. */
export async function readPage({ about }: { readonly about: string }): Promise<ReadonlyMap<string, PageFile>> {
  const [files, library, vendors] = await Promise.all([readAll(FOLDER), readAll(LIBRARY), readVendors()])
  const page = new Map<string, PageFile>()
  for (const [name, text] of files) {
    const body = text.replaceAll('{{about}}', () => escapeHtml(about))
    page.set(name === 'page.html' ? '/' : `/${name}`, toPageFile(name, body))
  }
  for (const [name, text] of library) {
    if (name.endsWith('.js')) page.set(`/ragwire/${name}`, toPageFile(name, text))
  }
  for (const [name, text] of vendors) page.set(`/vendor/${name}`, toPageFile(name, text))
  return page
}

async function readAll(folder: URL): Promise<readonly (readonly [name: string, text: string])[]> {
  const names = await readdir(folder)
  return Promise.all(names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const))
}

function readVendors(): Promise<readonly (readonly [name: string, text: string])[]> {
  const names = Object.entries(VENDORS)
  return Promise.all(
    names.map(async ([name, from]) => [name, await readFile(new URL(import.meta.resolve(from)), 'utf8')] as const),
  )
}

function toPageFile(name: string, body: string): PageFile {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  const headers = {
    'content-type': type,
    'content-security-policy': POLICY + allowImportMap(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  }
  return { headers, body }
}

/** The import map cannot be a separate file, so the policy allows it by its hash. */
function allowImportMap(body: string): string {
  const [, map] = IMPORT_MAP.exec(body) ?? []
  return map === undefined ? '' : ` 'sha256-${createHash('sha256').update(map).digest('base64')}'`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
