/** Limits of an entry point that runs in a browser. */
export interface BrowserEntryPoint {
  /** Bundled whole, minified and gzipped, with what it imports. */
  readonly maxGzipBytes: number
  /** The npm packages that the bundle may contain. */
  readonly packages: readonly string[]
}

/** The entry points that must bundle for a browser without changes, with their budgets. */
export const browserEntryPoints: Readonly<Record<string, BrowserEntryPoint>> = {
  // The whole of a turn, see docs/decisions/005-size-of-the-core.md.
  '.': { maxGzipBytes: 39_800, packages: [] },
  './sse': { maxGzipBytes: 8_700, packages: ['eventsource-parser'] },
  './ndjson': { maxGzipBytes: 6_800, packages: [] },
  './web': { maxGzipBytes: 7_500, packages: ['eventsource-parser'] },
  './local': { maxGzipBytes: 21_500, packages: ['minisearch', 'stemmer'] },
  // Reads the different forms of failures, reasoning, ends and refusals, and wrapped clients.
  './openai': { maxGzipBytes: 15_500, packages: ['eventsource-parser'] },
  './client': { maxGzipBytes: 6_200, packages: [] },
  './markdown': { maxGzipBytes: 2_900, packages: [] },
  // With the client, without React.
  './react': { maxGzipBytes: 8_100, packages: [] },
  './llamaindex': { maxGzipBytes: 2_600, packages: [] },
  // The turn, the runs, the routes with their description, and zod, for servers and edge runtimes.
  './server': { maxGzipBytes: 90_500, packages: ['eventsource-parser', 'zod'] },
}
