/** What a door that runs in a browser may cost. */
export interface BrowserDoor {
  /** Bundled whole, minified and gzipped, with what it imports. */
  readonly maxGzipBytes: number
  /** The npm packages that it may bring along. */
  readonly packages: readonly string[]
}

/** The doors that must bundle for a browser as they are, with their budgets. */
export const browserDoors: Readonly<Record<string, BrowserDoor>> = {
  // The whole of a turn, see docs/decisions/005-size-of-the-core.md.
  '.': { maxGzipBytes: 39_000, packages: [] },
  './sse': { maxGzipBytes: 8_700, packages: ['eventsource-parser'] },
  './ndjson': { maxGzipBytes: 6_800, packages: [] },
  './web': { maxGzipBytes: 7_500, packages: ['eventsource-parser'] },
  './local': { maxGzipBytes: 21_500, packages: ['minisearch', 'stemmer'] },
  // What models and servers say in forms of their own is read here: failures, thoughts, ends, refusals, wrapped clients.
  './openai': { maxGzipBytes: 15_500, packages: ['eventsource-parser'] },
  './llamaindex': { maxGzipBytes: 2_600, packages: [] },
  // The turn, the runs, the routes with their description, and zod: at home on a server, and at the edge.
  './server': { maxGzipBytes: 87_500, packages: ['eventsource-parser', 'zod'] },
}
