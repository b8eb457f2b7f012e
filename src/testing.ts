export { assertIsolated, type IsolationOptions } from './testing/assert-isolated.ts'
export {
  chatModelContract,
  type ChatModelContractOptions,
  type ChatModelSubject,
} from './testing/contracts/chat-model-contract.ts'
export type { ContractRunner, ContractSubject, CreateSubject } from './testing/contracts/contract-runner.ts'
export {
  historyStoreContract,
  type HistoryStoreContractOptions,
  type HistoryStoreSubject,
} from './testing/contracts/history-store-contract.ts'
export {
  knowledgeStoreContract,
  type KnowledgeStoreContractOptions,
  type KnowledgeStoreSubject,
} from './testing/contracts/knowledge-store-contract.ts'
export {
  retrieverContract,
  type RetrieverContractOptions,
  type RetrieverSubject,
} from './testing/contracts/retriever-contract.ts'
export { runStoreContract, type RunStoreContractOptions } from './testing/contracts/run-store-contract.ts'
export type { RunStoreSubject } from './testing/contracts/run-store/calls.ts'
export { createFaultProxy, type FaultProxy, type FaultProxyOptions } from './testing/create-fault-proxy.ts'
export {
  fakeRetriever,
  type FakeChunk,
  type FakeFindings,
  type FakeRetriever,
  type FakeRetrieverCall,
  type FakeRetrieverOptions,
} from './testing/fake-retriever.ts'
export type { FaultBehaviour, FaultExchange, FaultHit, FaultHitEnd } from './testing/fault-server/behaviour.ts'
export type { FramedOptions } from './testing/fault-server/combinators.ts'
export {
  createFaultServer,
  type FaultServer,
  type FaultServerOptions,
  type FaultTarget,
} from './testing/fault-server/create-fault-server.ts'
export { faultModels } from './testing/fault-server/fault-models.ts'
export { faults } from './testing/fault-server/faults.ts'
export { step, type ErrorShape } from './testing/fault-server/steps.ts'
export type { AnswerOptions, BrokenStreamOptions, FaultContent } from './testing/fault-server/stream-faults.ts'
export type { RefusalShape, ThinkingPlace } from './testing/fault-server/vendor-faults.ts'
export type { WireUsage } from './testing/fault-server/wire.ts'
export { createGate, type Barrier, type Gate } from './testing/gate.ts'
export type { Hang } from './testing/hang.ts'
export type { IsolatedScope } from './testing/isolation/investigation.ts'
export { IsolationError, type IsolationFinding } from './testing/isolation/isolation-error.ts'
export { manualClock, type ManualClock } from './testing/manual-clock.ts'
export type { RawClientEnd } from './testing/raw-client/body-receiver.ts'
export { openRawClient, type RawClient, type RawClientOptions } from './testing/raw-client/open-raw-client.ts'
export type { RawResponseHead } from './testing/raw-client/response-parser.ts'
export {
  scriptedChatModel,
  type Script,
  type ScriptedCall,
  type ScriptedCallEnd,
  type ScriptedChatModel,
  type ScriptedChatModelOptions,
  type ScriptStep,
} from './testing/scripted-chat-model.ts'
