/** A folder of `src/` that is a layer, and what its modules may import. */
export interface Layer {
  /** Folder within `src/`; the deepest one that holds a file counts. The empty one holds the entry points. */
  readonly folder: string
  /** Its content in one sentence, for docs/architecture.md. */
  readonly holds: string
  /** The folders that it may import, besides itself. */
  readonly imports: readonly string[]
  /** The npm packages that it may import. */
  readonly packages?: readonly string[]
  /** True if its folders are look-alikes that must not import one another. */
  readonly foldersApart?: true
  /** Async generators are allowed only below the abort-first iterator, so that they cannot delay a `return()`. */
  readonly asyncGenerators?: true
  /** True if its files may import modules of Node. */
  readonly node?: true
}

const TOOLS = ['core/vocabulary', 'core/async', 'core/text', 'core/options', 'core/observe']

// The stages must not import one another; a turn connects them.
const STAGES: readonly Layer[] = [
  {
    folder: 'core/history',
    holds: 'Earlier turns within their budget, and the stand-alone question that is made from a follow-up.',
    imports: TOOLS,
  },
  {
    folder: 'core/retrieval',
    holds: 'Chunks that are found, checked, ranked and cut into numbered sources.',
    imports: TOOLS,
  },
  { folder: 'core/prompt', holds: 'The messages that the model gets.', imports: TOOLS },
  {
    folder: 'core/generation',
    holds: 'One answer of a model under timers, limits and retries.',
    imports: TOOLS,
  },
  {
    folder: 'core/citation',
    holds: 'Markers of the answer as citations, and the check of each against its source.',
    imports: TOOLS,
  },
]

/**
 * The layers, from the bottom up. A module imports only its own folder and those that its row names.
 * docs/architecture.svg is drawn from this table.
 */
export const LAYERS: readonly Layer[] = [
  {
    folder: 'core/vocabulary',
    holds: 'Events, results, errors, and the interfaces that users implement.',
    imports: [],
  },
  {
    folder: 'core/async',
    holds: 'The abort-first iterator, time limits and clocks.',
    imports: ['core/vocabulary'],
  },
  {
    folder: 'core/text',
    holds: 'Pure functions on text: the scanner of citation markers, sentences, tokens.',
    imports: ['core/vocabulary'],
  },
  {
    folder: 'core/options',
    holds: 'The options, their names, checks and defaults.',
    imports: ['core/vocabulary', 'core/async', 'core/text'],
  },
  {
    folder: 'core/observe',
    holds: 'Hooks, diagnostics channels and log lines without secrets.',
    imports: ['core/vocabulary', 'core/async', 'core/text', 'core/options'],
  },
  ...STAGES,
  {
    folder: 'core/turn',
    holds: 'One turn: the stages in their order, and what each is given.',
    imports: [...TOOLS, ...STAGES.map(({ folder }) => folder)],
  },
  {
    folder: 'core',
    holds: '`createChat`, `streamChat` and `collectChat`.',
    imports: [...TOOLS, 'core/turn'],
  },
  {
    folder: 'encoders',
    holds: 'Framing of server-sent events and lines of JSON, in both directions.',
    imports: TOOLS,
    packages: ['eventsource-parser'],
  },
  {
    folder: 'records',
    holds: 'The stored forms of turns and events, with their schemas.',
    imports: TOOLS,
    packages: ['zod'],
  },
  {
    folder: 'dialects',
    holds: 'One file for each form that a stream has on the wire.',
    imports: [...TOOLS, 'encoders'],
    packages: ['zod'],
  },
  {
    folder: 'dialects/ag-ui',
    holds: 'The AG-UI protocol.',
    imports: [...TOOLS, 'encoders', 'dialects'],
    packages: ['zod'],
  },
  {
    folder: 'dialects/ai-sdk',
    holds: 'The UI message stream of the AI SDK.',
    imports: [...TOOLS, 'encoders', 'dialects'],
    packages: ['zod'],
  },
  {
    folder: 'dialects/openai-responses',
    holds: 'The Responses API of OpenAI: routes, request, response object, frames.',
    imports: [...TOOLS, 'encoders', 'dialects'],
    packages: ['zod'],
  },
  {
    folder: 'dialects/openai-chat',
    holds: 'Chat completions of OpenAI.',
    imports: [...TOOLS, 'encoders', 'dialects'],
    packages: ['zod'],
  },
  {
    folder: 'dialects/chatkit',
    holds: 'The server side of OpenAI ChatKit.',
    imports: [...TOOLS, 'encoders', 'dialects'],
    packages: ['zod'],
  },
  {
    folder: 'dialects/mcp',
    holds: 'The tools of the Model Context Protocol, over HTTP and over stdio.',
    imports: [...TOOLS, 'core', 'dialects'],
    packages: ['zod', '@modelcontextprotocol/server', '@modelcontextprotocol/server/stdio'],
  },
  {
    folder: 'runs',
    holds: 'Runs that are stopped, left and resumed, and the store interface beneath.',
    imports: TOOLS,
  },
  {
    folder: 'sinks',
    holds: 'Frames, keep-alives, and the web streams and responses that carry them.',
    imports: [...TOOLS, 'dialects'],
  },
  {
    folder: 'http',
    holds: 'The HTTP handler: routes, negotiation, admission, OpenAPI.',
    imports: [...TOOLS, 'core', 'core/turn', 'encoders', 'records', 'dialects', 'runs', 'sinks'],
    packages: ['zod'],
  },
  {
    folder: 'node',
    holds: 'Requests and responses of `node:http`, with backpressure.',
    imports: [...TOOLS, 'dialects', 'sinks', 'http'],
    node: true,
  },
  {
    folder: 'frameworks',
    holds: 'Express, Fastify and Hono.',
    imports: [...TOOLS, 'sinks', 'http', 'node'],
    packages: ['express', 'fastify', 'hono'],
  },
  {
    folder: 'integrations/upstream',
    holds: 'Finish reasons, token counts and errors as servers of models spell them.',
    imports: TOOLS,
  },
  {
    folder: 'integrations',
    holds: 'Vendors and databases: OpenAI, AI SDK, LlamaIndex, SQLite, PostgreSQL, Redis.',
    imports: [
      ...TOOLS,
      'integrations/upstream',
      'encoders',
      'records',
      'runs',
      'knowledge/text',
      'knowledge/documents',
      'knowledge/search',
      'knowledge/store',
    ],
    packages: ['eventsource-parser'],
    foldersApart: true,
  },
  {
    folder: 'knowledge/text',
    holds: 'Blocks, chunks and search terms of a text.',
    imports: TOOLS,
    packages: ['@orama/stemmers', 'stemmer'],
  },
  {
    folder: 'knowledge/documents',
    holds: 'Documents before and after loading.',
    imports: [...TOOLS, 'knowledge/text'],
  },
  {
    folder: 'knowledge/search',
    holds: 'Search by terms and by vectors, in memory.',
    imports: [...TOOLS, 'knowledge/text'],
  },
  {
    folder: 'knowledge/store',
    holds: 'The interface of an index, and the one in memory.',
    imports: [...TOOLS, 'knowledge/text', 'knowledge/documents', 'knowledge/search'],
  },
  {
    folder: 'knowledge/loaders',
    holds: 'Text out of Markdown, HTML, PDF and DOCX, and the files of a folder.',
    imports: [...TOOLS, 'knowledge/text', 'knowledge/documents'],
    packages: ['unpdf', 'mammoth', 'linkedom', '@mozilla/readability'],
  },
  {
    folder: 'knowledge/embedding',
    holds: 'Vectors of texts, in batches and within the limits of a service.',
    imports: [...TOOLS, 'knowledge/text', 'knowledge/documents'],
  },
  {
    folder: 'knowledge/local',
    holds: 'A retriever, a model and a condenser that need no key and no network.',
    imports: [...TOOLS, 'knowledge/text', 'knowledge/search'],
  },
  {
    folder: 'knowledge/sources',
    holds: 'The address of a source, its place in the document, and its state after a change.',
    imports: [...TOOLS, 'knowledge/documents', 'knowledge/store'],
  },
  {
    folder: 'knowledge/options',
    holds: 'The options of a knowledge base, and the check that its embedder fits the index.',
    imports: [
      ...TOOLS,
      'knowledge/documents',
      'knowledge/store',
      'knowledge/loaders',
      'knowledge/embedding',
      'knowledge/sources',
    ],
  },
  {
    folder: 'knowledge/indexing',
    holds: 'From documents to chunks in a store, and the comparison of both.',
    imports: [
      ...TOOLS,
      'knowledge/text',
      'knowledge/documents',
      'knowledge/store',
      'knowledge/embedding',
      'knowledge/sources',
      'knowledge/options',
    ],
  },
  {
    folder: 'knowledge/retrieval',
    holds: 'Retrievers over a store, by words, by vectors or by both.',
    imports: [...TOOLS, 'knowledge/text', 'knowledge/search', 'knowledge/store', 'knowledge/options'],
  },
  {
    folder: 'knowledge',
    holds: '`createKnowledge` and `chunkDocument`.',
    imports: [
      ...TOOLS,
      'knowledge/documents',
      'knowledge/store',
      'knowledge/sources',
      'knowledge/options',
      'knowledge/indexing',
      'knowledge/retrieval',
    ],
  },
  {
    folder: 'client',
    holds: 'The client of the HTTP handler, and the store of a page.',
    imports: ['core/vocabulary', 'core/async'],
  },
  {
    folder: 'client/ai-sdk',
    holds: 'A transport of the AI SDK that reads the native protocol in a page.',
    imports: ['core/vocabulary', 'core/async', 'client', 'dialects', 'dialects/ai-sdk'],
  },
  {
    folder: 'markdown',
    holds: 'Citation markers of an answer as nodes and links of Markdown.',
    imports: ['core/vocabulary', 'client'],
  },
  {
    folder: 'react',
    holds: 'Hooks and components for React, on top of the client.',
    imports: ['core/vocabulary', 'client'],
    packages: ['react'],
  },
  {
    folder: 'testing',
    holds: 'Contract suites, fault servers and fakes for the tests of users.',
    imports: [...TOOLS, 'runs', 'knowledge/documents', 'knowledge/search', 'knowledge/store'],
    asyncGenerators: true,
    node: true,
  },
  {
    folder: 'cli/config',
    holds: 'The fields of `ragwire.config.json` and `ragwire.config.js`.',
    imports: ['core/vocabulary'],
  },
  {
    folder: 'cli/command-line',
    holds: 'Commands, their options and their help, the terminal, and exit codes.',
    imports: ['core/options'],
    packages: ['fast-string-width'],
    node: true,
  },
  {
    folder: 'cli/settings',
    holds: 'The settings of the program: options, environment, configuration; the model and the embedder.',
    imports: ['', 'core/options', 'cli/config', 'cli/command-line'],
    packages: ['openai'],
    node: true,
  },
  {
    folder: 'cli/workspace',
    holds: 'Documents, their index and the conversations of the program.',
    imports: ['', 'cli/command-line', 'cli/settings'],
    packages: ['ignore'],
    node: true,
  },
  {
    folder: 'cli/serve',
    holds: 'The server of `ragwire serve`: page, documents, trust.',
    imports: ['', 'cli/config', 'cli/command-line', 'cli/settings', 'cli/workspace'],
    packages: ['chokidar'],
    node: true,
  },
  {
    folder: 'cli/ask',
    holds: 'The answers of `ragwire ask` in the terminal.',
    imports: ['', 'cli/config', 'cli/command-line', 'cli/settings', 'cli/workspace'],
    node: true,
  },
  {
    folder: 'cli/init',
    holds: 'The app of `ragwire init`: its templates, questions and files.',
    imports: ['', 'core/options', 'cli/command-line'],
    packages: ['@clack/prompts'],
    node: true,
  },
  {
    folder: 'cli/eval',
    holds: 'The questions, measures, reports and comparisons of `ragwire eval`.',
    imports: ['', 'core/options', 'cli/command-line', 'cli/settings', 'cli/workspace'],
    packages: ['zod', 'fast-string-width'],
    node: true,
  },
  {
    folder: 'cli/commands',
    holds: 'One file for each command.',
    imports: ['', 'cli/command-line', 'cli/settings', 'cli/workspace', 'cli/serve', 'cli/ask', 'cli/eval', 'cli/init'],
    node: true,
  },
  {
    folder: 'cli',
    holds: 'The program `ragwire`, on top of the entry points.',
    imports: ['core/options', 'cli/command-line', 'cli/commands'],
    node: true,
  },
  {
    folder: '',
    holds: 'The entry points: one file for each import path, with named re-exports only.',
    imports: [
      ...TOOLS,
      ...STAGES.map(({ folder }) => folder),
      'core',
      'encoders',
      'dialects',
      'dialects/ag-ui',
      'dialects/ai-sdk',
      'dialects/openai-responses',
      'dialects/openai-chat',
      'dialects/chatkit',
      'dialects/mcp',
      'runs',
      'sinks',
      'http',
      'node',
      'frameworks',
      'integrations',
      'knowledge',
      'knowledge/text',
      'knowledge/documents',
      'knowledge/search',
      'knowledge/store',
      'knowledge/loaders',
      'knowledge/embedding',
      'knowledge/sources',
      'knowledge/options',
      'knowledge/indexing',
      'knowledge/retrieval',
      'knowledge/local',
      'client',
      'client/ai-sdk',
      'markdown',
      'react',
      'testing',
      'cli/config',
    ],
  },
]
