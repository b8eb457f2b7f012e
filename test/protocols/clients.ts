/** A client of a wire dialect, which reads our answers unmodified. */
export interface ProtocolClient {
  /** Names it in the tests. */
  readonly id: string
  /** Names it in the docs. */
  readonly name: string
  /** Its package: a key of `package.json` in this folder or in `test/copilotkit`, which gives the version. */
  readonly package: string
  /** The dialect that it reads, by the entry point of the dialect. */
  readonly dialect: string
  /** True while its tests are written: the table in the docs leaves it out. */
  readonly isUnderConstruction?: true
}

// Grouped by dialect, in the order of the table in the docs.
export const CLIENTS = [
  // `ragwire/ai-sdk`
  { id: 'ai-5', name: 'AI SDK 5, Chat', package: 'ai5', dialect: 'ai-sdk' },
  { id: 'ai-6', name: 'AI SDK 6, Chat', package: 'ai6', dialect: 'ai-sdk' },
  { id: 'ai-7', name: 'AI SDK 7, Chat', package: 'ai', dialect: 'ai-sdk' },
  {
    id: 'ai-7-use-chat',
    name: 'AI SDK 7, useChat',
    package: '@ai-sdk/react',
    dialect: 'ai-sdk',
  },
  {
    id: 'assistant-ui',
    name: 'assistant-ui, AI SDK runtime',
    package: '@assistant-ui/react-ai-sdk',
    dialect: 'ai-sdk',
  },

  // `ragwire/openai-responses`
  {
    id: 'openai-6-responses',
    name: 'openai 6, responses',
    package: 'openai6',
    dialect: 'openai-responses',
  },
  {
    id: 'openai-7-responses',
    name: 'openai 7, responses',
    package: 'openai',
    dialect: 'openai-responses',
  },
  {
    id: 'openai-agents',
    name: 'OpenAI Agents',
    package: '@openai/agents',
    dialect: 'openai-responses',
  },
  {
    id: 'ai-sdk-openai',
    name: 'AI SDK, OpenAI provider',
    package: '@ai-sdk/openai',
    dialect: 'openai-responses',
  },
  {
    id: 'ai-sdk-open-responses',
    name: 'AI SDK, Open Responses provider',
    package: '@ai-sdk/open-responses',
    dialect: 'openai-responses',
  },

  // `ragwire/openai-chat`
  {
    id: 'openai-6-chat',
    name: 'openai 6, chat completions',
    package: 'openai6',
    dialect: 'openai-chat',
  },
  {
    id: 'openai-7-chat',
    name: 'openai 7, chat completions',
    package: 'openai',
    dialect: 'openai-chat',
  },
  {
    id: 'ai-sdk-openai-chat',
    name: 'AI SDK, OpenAI provider, chat',
    package: '@ai-sdk/openai',
    dialect: 'openai-chat',
  },

  // `ragwire/ag-ui`
  {
    id: 'ag-ui-0',
    name: 'AG-UI 0.0.59, HttpAgent',
    package: '@ag-ui/client-0',
    dialect: 'ag-ui',
  },
  {
    id: 'ag-ui-1',
    name: 'AG-UI 1, HttpAgent',
    package: '@ag-ui/client',
    dialect: 'ag-ui',
  },
  {
    id: 'copilotkit',
    name: 'CopilotKit',
    package: '@copilotkit/react-core',
    dialect: 'ag-ui',
  },
  {
    id: 'tanstack-ai',
    name: 'TanStack AI, ChatClient',
    package: '@tanstack/ai-client',
    dialect: 'ag-ui',
  },
] as const satisfies readonly ProtocolClient[]

/** The id of a client. */
export type ClientId = (typeof CLIENTS)[number]['id']

/** The parts of an answer and of its life that a client can carry, in the order of the table in the docs. */
export const CAPABILITIES = [
  'text',
  'sources',
  'citations',
  'support',
  'status',
  'error',
  'stop',
  'resume',
  'regenerate',
] as const

/** A part of an answer or of its life. */
export type Capability = (typeof CAPABILITIES)[number]
