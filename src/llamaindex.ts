export { fromLlamaIndexRetriever } from './integrations/llamaindex/from-llamaindex-retriever.ts'

export type {
  FromLlamaIndexRetrieverOptions,
  LlamaIndexNode,
  LlamaIndexRetriever,
} from './integrations/llamaindex/from-llamaindex-retriever.ts'
