import { systemClock, type Clock } from '../../core/async/clock.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { clockOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectFunction, expectMethods, expectOptionalFunction, expectString } from '../../core/options/validate.ts'
import type { Engine, EngineEvent, EngineTurn } from '../../core/vocabulary/engine.ts'
import { badResponse } from './llamaindex-error.ts'
import { toEngineSource, type LlamaIndexNodeKeys, type LlamaIndexNodeWithScore } from './llamaindex-node.ts'
import { openWorkflow, type LlamaIndexWorkflowContext } from './open-workflow.ts'
import { readChunks, type ChunkSource } from './read-chunks.ts'

/** The options of {@link fromLlamaIndexWorkflow}. */
export interface FromLlamaIndexWorkflowOptions<Start> extends LlamaIndexNodeKeys {
  /** Creates the context of a turn, such as `() => workflow.createContext()`. */
  readonly createContext: (turn: EngineTurn) => LlamaIndexWorkflowContext<Start>
  /** Returns the event that starts the workflow for a turn, such as `({ question }) => startEvent.with(question)`. */
  readonly start: (turn: EngineTurn) => Start
  /** Returns the text that an event appends to the answer; `undefined` if it has none. */
  readonly text: (event: unknown) => string | undefined
  /** Returns the nodes that an event reports as sources; `undefined` if it has none. Report them before the text. */
  readonly sources?: ((event: unknown) => readonly LlamaIndexNodeWithScore[] | undefined) | undefined
  /** Returns true for the last event. */
  readonly stop: (event: unknown) => boolean
  /**
   * Maximum time between two events, in milliseconds. A handler that hangs, or that throws where its error cannot be
   * observed, never ends the stream of a workflow. @defaultValue 60,000
   */
  readonly idleMs?: number | undefined
  /** Gives the time. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

const OPTIONS: OptionNames<FromLlamaIndexWorkflowOptions<unknown>> = {
  createContext: true,
  start: true,
  text: true,
  sources: true,
  stop: true,
  idleMs: true,
  clock: true,
  titleKey: true,
  urlKey: true,
}

/**
 * Adapts a workflow of LlamaIndex.TS, also an agent: `agent({ llm, tools })` has a `createContext`, too. Each turn gets a
 * context of its own. If a handler throws, the turn fails at once. Without this adapter, the stream of the workflow would
 * never end, and the error would be an unhandled rejection that ends the process. An abort ends the stream at once, fires
 * the `signal` of the handlers, and closes the requests of an `abortableSession`.
 *
 * @example
 * ```ts
 * import { agent, agentStreamEvent, startAgentEvent, stopAgentEvent } from '@llamaindex/workflow'
 * import type { ToolCallLLM } from 'llamaindex'
 * import { createChat } from 'ragwire'
 * import { fromLlamaIndexWorkflow } from 'ragwire/llamaindex'
 * declare const llm: ToolCallLLM
 * const workflow = agent({ llm, tools: [] })
 * const engine = fromLlamaIndexWorkflow({
 *   createContext: () => workflow.createContext(),
 *   start: ({ question, history }) => startAgentEvent.with({ userInput: question, chatHistory: [...history] }),
 *   text: (event) => (agentStreamEvent.include(event) ? event.data.delta : undefined),
 *   stop: (event) => stopAgentEvent.include(event),
 * })
 * const chat = createChat({ engine })
 * ```
 */
export function fromLlamaIndexWorkflow<Start>(options: FromLlamaIndexWorkflowOptions<Start>): Engine {
  expectOptions(options, OPTIONS, { of: 'fromLlamaIndexWorkflow' })
  expectFunction('createContext', options.createContext)
  expectFunction('start', options.start)
  expectFunction('text', options.text)
  expectFunction('stop', options.stop)
  expectOptionalFunction('sources', options.sources)
  expectString('titleKey', options.titleKey)
  expectString('urlKey', options.urlKey)
  const idleMs = durationOption('idleMs', options.idleMs, 60_000)
  const clock = clockOption('clock', options.clock, systemClock)
  return {
    answer: (turn, { signal }) => readChunks(eventsOf(turn, { ...options, idleMs, clock }), signal),
  }
}

function eventsOf<Start>(
  turn: EngineTurn,
  options: FromLlamaIndexWorkflowOptions<Start> & { readonly idleMs: number; readonly clock: Clock },
): ChunkSource<unknown, EngineEvent> {
  const { createContext, start, stop, idleMs, clock } = options
  let stopped = false
  return {
    async open(signal, fail) {
      const context = createContext(turn)
      expectMethods('createContext()', context, 'a context of a workflow', ['sendEvent'])
      const isLast = (event: unknown): boolean => (stopped = stop(event))
      return openWorkflow(context, { start: () => start(turn), isLast, idleMs, clock, signal, fail })
    },
    read(event) {
      const found = options.sources?.(event) ?? []
      const text = options.text(event)
      if (text !== undefined && typeof text !== 'string') throw badResponse('text() returned no string', text)
      const sources = found.map((node) => ({ type: 'source', source: toEngineSource(node, options) }) as const)
      // An event without text shows that the workflow is active.
      return [...sources, text === undefined || text === '' ? { type: 'reasoning' } : { type: 'text', delta: text }]
    },
    isComplete: () => stopped,
    end: () => (stopped ? [{ type: 'finish', finishReason: 'stop' }] : []),
  }
}
