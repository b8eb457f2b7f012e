/** Limits of an entry point that runs in a browser. */
export interface BrowserEntryPoint {
  /** Bundled whole, minified and gzipped, with what it imports. */
  readonly maxGzipBytes: number
  /** The npm packages that the bundle may contain. */
  readonly packages: readonly string[]
}

/** The entry points that must bundle for a browser without changes, with their budgets. */
export const browserEntryPoints: Readonly<Record<string, BrowserEntryPoint>> = {
  // The whole of a turn, see docs/decisions/005-size-of-the-core.md. Greetings and refusals in many languages have 10 kB, the
  // figures, sentences and claims of the citation check 25 kB.
  '.': { maxGzipBytes: 86_000, packages: [] },
  './sse': { maxGzipBytes: 9_700, packages: ['eventsource-parser'] },
  './ndjson': { maxGzipBytes: 7_400, packages: [] },
  './web': { maxGzipBytes: 8_300, packages: ['eventsource-parser'] },
  // With all stemmers, of which a page loads those that it needs, and the words by which a language is recognised.
  './local': { maxGzipBytes: 76_500, packages: ['@orama/stemmers', 'stemmer'] },
  // Chat completions and the Responses API: forms of failures, reasoning, ends and refusals, and wrapped clients.
  './openai': { maxGzipBytes: 18_700, packages: ['eventsource-parser'] },
  // The dialect with zod, for servers, and the model. A page imports the transport, see below.
  './ai-sdk': { maxGzipBytes: 43_000, packages: ['zod'] },
  // With zod, for servers and edge runtimes.
  './ag-ui': { maxGzipBytes: 33_500, packages: ['zod'] },
  './client': { maxGzipBytes: 6_400, packages: [] },
  './markdown': { maxGzipBytes: 3_150, packages: [] },
  // With the client, without React.
  './react': { maxGzipBytes: 8_400, packages: [] },
  './llamaindex': { maxGzipBytes: 9_800, packages: [] },
  // The turn, the runs, the routes with their description, and zod, for servers and edge runtimes.
  './server': { maxGzipBytes: 139_500, packages: ['eventsource-parser', 'zod'] },
}

/** An export that a page imports, with the limit of what it adds to a page that has {@link REDUCER}. */
export interface PageExport {
  /** The entry point. */
  readonly entryPoint: string
  /** The export. */
  readonly name: string
  /** Bundled with what it imports, minified and gzipped, without the bytes of the reducer. */
  readonly maxGzipBytes: number
}

/** The reducer of events, which every reader needs: the sizes of a client are counted above it. */
export const REDUCER = { entryPoint: '.', exports: ['reduceEvent', 'createResultFold'] } as const

/** The budgets of a page, see docs/decisions/021-the-client-reads-lines.md. */
export const pageExports: readonly PageExport[] = [
  { entryPoint: './client', name: 'createChatClient', maxGzipBytes: 4_000 },
  { entryPoint: './client', name: 'createChatStore', maxGzipBytes: 4_800 },
  // With the client, and the parts of a message.
  { entryPoint: './ai-sdk', name: 'ragwireTransport', maxGzipBytes: 5_400 },
  { entryPoint: './ai-sdk', name: 'toUiMessages', maxGzipBytes: 1_600 },
  // With the store, without React.
  { entryPoint: './react', name: 'useRagChat', maxGzipBytes: 5_500 },
]
