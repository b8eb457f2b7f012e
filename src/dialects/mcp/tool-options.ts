import { logWarning } from '../../core/observe/log-warning.ts'
import type { OptionNames } from '../../core/options/expect-options.ts'
import { countOption, hookOption } from '../../core/options/options-with-defaults.ts'
import {
  expectList,
  expectMethods,
  expectOneOf,
  expectOptionalFunction,
  expectString,
} from '../../core/options/validate.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { Retriever } from '../../core/vocabulary/retriever.ts'
import { createAddress, type Address, type McpDocumentInfo } from './address.ts'

/** The name of a tool. */
export type McpTool = 'search' | 'fetch' | 'ask'

/** The tools, in the order in which a client lists them. */
const MCP_TOOLS: readonly McpTool[] = ['search', 'fetch', 'ask']

/** A document as `fetch` returns it. */
export interface McpDocument extends McpDocumentInfo {
  /** Title for the reader. @defaultValue the id of the document */
  readonly title?: string | undefined
  /** The whole text. */
  readonly text: string
}

/** Options of a call that reads a document. */
export interface McpReadOptions {
  /** The tenant or user. Return only a document that it may read. */
  readonly scope?: string
  /** Ends the call. */
  readonly signal: AbortSignal
}

/** Returns a document by its id; `undefined` if it is unknown, or if the scope must not read it. */
export type McpFetch = (documentId: string, options: McpReadOptions) => Promise<McpDocument | undefined>

/** The used part of a knowledge base of `createKnowledge`. */
export interface McpKnowledge {
  /** Creates a retriever over the index. */
  retriever(options?: { readonly readableScopes?: McpScopes | undefined }): Retriever
  /** Returns a document with its whole text. */
  document(
    documentId: string,
    options: { readonly scopes: readonly string[]; readonly signal: AbortSignal },
  ): Promise<McpDocument | undefined>
}

/** Returns the scopes whose documents a caller may read, besides the documents without a scope. */
export type McpScopes = (scope: string | undefined) => readonly string[]

/**
 * The options that the tools have over HTTP and over stdio.
 *
 * @experimental May change until version 1.0.
 */
export interface McpToolOptions {
  /** The name of the server, which a client shows. */
  readonly name: string
  /** The version of the server. @defaultValue `1.0.0` */
  readonly version?: string | undefined
  /** Searched by `search` and read by `fetch`: a knowledge base of `createKnowledge`. @defaultValue none */
  readonly knowledge?: McpKnowledge | undefined
  /** Scopes that the tools read in `knowledge`. @defaultValue the scope of the caller */
  readonly readableScopes?: McpScopes | undefined
  /** Searched by `search`. @defaultValue the retriever of `knowledge` */
  readonly retriever?: Retriever | undefined
  /** Reads a document for `fetch`. @defaultValue the document of `knowledge` */
  readonly fetch?: McpFetch | undefined
  /** The tools to offer. @defaultValue all that the other options allow; `ask` needs none of them */
  readonly tools?: readonly McpTool[] | undefined
  /**
   * The address of a web site with the documents, such as `https://docs.example.com/handbook`. A document without a url
   * gets this address with its id as the path. @defaultValue none: such a document cannot be cited by its url
   */
  readonly baseUrl?: string | undefined
  /** Returns the address of a document, instead of its own url and `baseUrl`. @defaultValue none */
  readonly sourceUrl?: ((document: McpDocumentInfo) => string | undefined) | undefined
  /** Metadata keys of documents that may reach the client. @defaultValue none */
  readonly sourceMetadata?: readonly string[] | undefined
  /** Words for the content, in the descriptions of the tools: `the handbook of Example Ltd`. @defaultValue `the documents` */
  readonly about?: string | undefined
  /** Advice for the model of the client on the use of the tools. @defaultValue none */
  readonly instructions?: string | undefined
  /** Maximum number of passages that a search finds. @defaultValue 10 */
  readonly topK?: number | undefined
  /** Maximum length of a query, a question and an id, in UTF-16 code units. @defaultValue 4,000 */
  readonly maxInputChars?: number | undefined
  /** Maximum length of the text that `fetch` returns, in UTF-16 code units. A longer one is cut. @defaultValue 1,000,000 */
  readonly maxTextChars?: number | undefined
  /**
   * Called once, with the first result that has no url: hosts such as ChatGPT do not cite it. `false` turns it off.
   * @defaultValue one line to `console.error`
   */
  readonly onWarning?: ((warning: string) => void) | false | undefined
}

/** The options with their defaults. */
export interface ResolvedToolOptions {
  /** The name and version of the server. */
  readonly server: { readonly name: string; readonly version: string }
  /** The tools to offer. */
  readonly tools: readonly McpTool[]
  /** Searched by `search`. */
  readonly retriever: Retriever | undefined
  /** Reads a document for `fetch`. */
  readonly fetch: McpFetch | undefined
  /** Returns the address of a document. */
  readonly address: Address
  /** Metadata keys that may reach the client. */
  readonly sourceMetadata: readonly string[]
  /** Words for the content. */
  readonly about: string
  /** Advice for the model of the client. */
  readonly instructions: string | undefined
  /** Maximum number of passages. */
  readonly topK: number
  /** Maximum length of an input. */
  readonly maxInputChars: number
  /** Maximum length of a text. */
  readonly maxTextChars: number
}

/** The names of the options. */
export const TOOL_OPTIONS: OptionNames<McpToolOptions> = {
  name: true,
  version: true,
  knowledge: true,
  readableScopes: true,
  retriever: true,
  fetch: true,
  tools: true,
  baseUrl: true,
  sourceUrl: true,
  sourceMetadata: true,
  about: true,
  instructions: true,
  topK: true,
  maxInputChars: true,
  maxTextChars: true,
  onWarning: true,
}

/**
 * Checks the options, and applies the defaults.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveToolOptions(options: McpToolOptions): ResolvedToolOptions {
  const { retriever, fetch } = resolveReading(options)
  return {
    server: { name: expectName(options.name), version: expectString('version', options.version) ?? '1.0.0' },
    tools: resolveTools(options.tools, { retriever, fetch }),
    retriever,
    fetch,
    address: createAddress({
      baseUrl: options.baseUrl,
      sourceUrl: expectOptionalFunction('sourceUrl', options.sourceUrl),
      onWarning: hookOption('onWarning', options.onWarning, logWarning),
    }),
    sourceMetadata: expectList('sourceMetadata', options.sourceMetadata ?? []),
    about: expectString('about', options.about) ?? 'the documents',
    instructions: expectString('instructions', options.instructions),
    topK: countOption('topK', options.topK, 10),
    maxInputChars: countOption('maxInputChars', options.maxInputChars, 4_000),
    maxTextChars: countOption('maxTextChars', options.maxTextChars, 1_000_000),
  }
}

interface Reading {
  readonly retriever: Retriever | undefined
  readonly fetch: McpFetch | undefined
}

function resolveReading({ knowledge, readableScopes, retriever, fetch }: McpToolOptions): Reading {
  expectOptionalFunction('readableScopes', readableScopes)
  if (knowledge === undefined) {
    if (readableScopes !== undefined)
      throw invalidInput(
        'readableScopes',
        'Cannot use readableScopes without knowledge: retriever and fetch get the scope',
      )
    if (retriever !== undefined) expectMethods('retriever', retriever, 'a retriever', ['retrieve'])
    return { retriever, fetch: expectOptionalFunction('fetch', fetch) }
  }
  expectMethods('knowledge', knowledge, 'a knowledge base such as createKnowledge() returns', ['retriever', 'document'])
  if (retriever !== undefined) expectMethods('retriever', retriever, 'a retriever', ['retrieve'])
  const scopesOf = readableScopes ?? ((scope) => (scope === undefined ? [] : [scope]))
  return {
    retriever: retriever ?? knowledge.retriever(readableScopes && { readableScopes }),
    fetch:
      expectOptionalFunction('fetch', fetch) ??
      ((documentId, { scope, signal }) => knowledge.document(documentId, { scopes: scopesOf(scope), signal })),
  }
}

const NEEDS = { search: 'retriever', fetch: 'fetch' } as const

function resolveTools(tools: readonly McpTool[] | undefined, reading: Reading): readonly McpTool[] {
  const canServe = (tool: McpTool): boolean => tool === 'ask' || reading[NEEDS[tool]] !== undefined
  if (tools === undefined) return MCP_TOOLS.filter(canServe)
  const asked = expectList('tools', tools).map((tool) => expectOneOf('tools', tool, MCP_TOOLS))
  const missing = asked.find((tool) => !canServe(tool))
  if (missing === 'search' || missing === 'fetch')
    throw invalidInput('tools', `Cannot offer the tool ${missing}: pass knowledge or ${NEEDS[missing]}`)
  if (asked.length === 0) throw invalidInput('tools', `Cannot use tools: name at least one of ${MCP_TOOLS.join(', ')}`)
  return MCP_TOOLS.filter((tool) => asked.includes(tool))
}

function expectName(name: string): string {
  const given = expectString('name', name)
  if (given !== undefined && given.trim() !== '') return given
  throw invalidInput('name', 'Cannot use name: pass the name of the server, which a client shows')
}
