import { callHook } from '../../core/observe/call-hook.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { wrongType } from '../../core/options/validate.ts'

/** The facts of a document that its address depends on. */
export interface McpDocumentInfo {
  /** Id of the document. */
  readonly documentId: string
  /** Its own address. */
  readonly url?: string | undefined
  /** Its metadata. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Returns the address of a document, and of a page in it; empty if it has none. */
export type Address = (document: McpDocumentInfo, page?: number) => string

/** Options of {@link createAddress}. */
export interface AddressOptions {
  /** The address above the ids of documents. */
  readonly baseUrl: unknown
  /** Returns the address of a document, instead of its own url and `baseUrl`. */
  readonly sourceUrl: ((document: McpDocumentInfo) => string | undefined) | undefined
  /** Called once, with the first document without an address. */
  readonly onWarning: ((warning: string) => void) | undefined
}

/**
 * Creates the function that returns addresses. Only an absolute address with `http:` or `https:` counts.
 *
 * @throws TypeError with `code: 'invalid-input'` if `baseUrl` is not such an address
 */
export function createAddress({ baseUrl, sourceUrl, onWarning }: AddressOptions): Address {
  const base = expectBaseUrl(baseUrl)
  let hasWarned = false
  return (document, page) => {
    const found = sourceUrl ? sourceUrl(document) : (document.url ?? (base && below(base, document.documentId)))
    const url = toWebUrl(found, base)
    if (url !== undefined) return page === undefined || url.includes('#') ? url : `${url}#page=${page}`
    if (!hasWarned) {
      hasWarned = true
      callHook(onWarning, `The document ${JSON.stringify(document.documentId)} has no url: ${ADVICE}`)
    }
    return ''
  }
}

const ADVICE = 'ChatGPT and other hosts do not cite such a document. Set baseUrl or sourceUrl of the MCP tools'

function expectBaseUrl(baseUrl: unknown): string | undefined {
  if (baseUrl === undefined) return undefined
  if (typeof baseUrl !== 'string') throw wrongType('baseUrl', 'an address such as https://docs.example.com', baseUrl)
  const url = toWebUrl(baseUrl)
  if (url === undefined || /[?#]/u.test(url))
    throw invalidInput(
      'baseUrl',
      `Cannot use baseUrl ${baseUrl}: it must begin with https:// or http://, without ? and #`,
    )
  return url.endsWith('/') ? url : `${url}/`
}

function below(base: string, documentId: string): string {
  return base + documentId.toWellFormed().split('/').map(encodeURIComponent).join('/')
}

function toWebUrl(url: string | undefined, base?: string): string | undefined {
  if (url === undefined || url === '') return undefined
  const parsed = URL.parse(url, base)
  return parsed && /^https?:$/u.test(parsed.protocol) ? parsed.href : undefined
}
