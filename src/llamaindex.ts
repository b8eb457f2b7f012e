export { abortableSession, type LlamaIndexSessionClient } from './integrations/llamaindex/abortable-session.ts'
export {
  fromLlamaIndexEmbedding,
  type FromLlamaIndexEmbeddingOptions,
  type LlamaIndexEmbedding,
} from './integrations/llamaindex/from-llamaindex-embedding.ts'
export {
  fromLlamaIndexEngine,
  type FromLlamaIndexEngineOptions,
  type LlamaIndexChatEngine,
  type LlamaIndexEngine,
  type LlamaIndexQueryEngine,
} from './integrations/llamaindex/from-llamaindex-engine.ts'
export {
  fromLlamaIndexModel,
  type FromLlamaIndexModelOptions,
  type LlamaIndexChunk,
  type LlamaIndexModel,
} from './integrations/llamaindex/from-llamaindex-model.ts'
export {
  fromLlamaIndexPostprocessor,
  type FromLlamaIndexPostprocessorOptions,
  type LlamaIndexPostprocessor,
} from './integrations/llamaindex/from-llamaindex-postprocessor.ts'
export {
  fromLlamaIndexRetriever,
  type FromLlamaIndexRetrieverOptions,
  type LlamaIndexRetriever,
} from './integrations/llamaindex/from-llamaindex-retriever.ts'
export {
  fromLlamaIndexWorkflow,
  type FromLlamaIndexWorkflowOptions,
} from './integrations/llamaindex/from-llamaindex-workflow.ts'
export type {
  LlamaIndexNode,
  LlamaIndexNodeKeys,
  LlamaIndexNodeWithScore,
} from './integrations/llamaindex/llamaindex-node.ts'
export type { LlamaIndexResponse } from './integrations/llamaindex/open-response.ts'
export type { LlamaIndexWorkflowContext } from './integrations/llamaindex/open-workflow.ts'
export { sendToWorkflow } from './integrations/llamaindex/send-to-workflow.ts'
