import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'vitest'
import type { ChatError, ChatEvent, RetrieveAndAnswerOptions, StageReport } from '../../../src/index.ts'
import type { OpenAIChatClient, OpenAIChatModelOptions, OpenAIResponsesClient } from '../../../src/openai.ts'
import { createFaultServer, fakeRetriever, manualClock, type FaultBehaviour } from '../../../src/testing.ts'
import { open } from '../../core/ask.ts'
import { chatApi, type Api } from './apis.ts'
import type { CreateClient } from './clients.ts'

type Client = OpenAIChatClient & OpenAIResponsesClient

/** The options of a run over a fault server, in addition to those of the run itself. */
export interface OpenRunOptions extends Partial<RetrieveAndAnswerOptions> {
  /** @defaultValue chat completions */
  readonly api?: Api
  readonly modelOptions?: Omit<Partial<OpenAIChatModelOptions>, 'client'>
  /** Wraps the client, as a tracing package does. */
  readonly wrap?: (client: Client) => Client
}

/** For an answer without citations, which is a warning only if there are sources. */
export const WITHOUT_SOURCES = { retriever: fakeRetriever([]), onNoEvidence: 'answer' } as const

/** Opens a run with a server that behaves as given, on a manual clock. */
export async function openRun(createClient: CreateClient, behaviour: FaultBehaviour, options: OpenRunOptions = {}) {
  const { api = chatApi, modelOptions, wrap = (client) => client, ...runOptions } = options
  const server = await createFaultServer({ behaviour })
  const controller = new AbortController()
  const clock = manualClock()
  const errors: ChatError[] = []
  const stages: StageReport[] = []
  const client = wrap(createClient({ baseURL: server.baseURL }))
  const model = api.create({ client, model: 'any', ...modelOptions })
  const onError = (error: ChatError) => errors.push(error)
  const onStage = (stage: StageReport) => stages.push(stage)
  const run = open({ model, clock, signal: controller.signal, onError, onStage, ...runOptions })

  /** Reads to the end. Before a retry, the clock moves on by `waitMs`. */
  async function readOn({ waitMs = 0 } = {}): Promise<readonly ChatEvent[]> {
    for (let event = await run.read(); event;) {
      const next = run.read()
      if (event.type === 'warning') await clock.advance(waitMs)
      event = await next
    }
    return run.events
  }

  /** Expects that every connection to the model is closed, and every timer is cleared. */
  async function expectReleased() {
    await server.idle()
    await nextTurn()
    expect(clock.pending).toBe(0)
  }

  const close = server.close
  return {
    ...run,
    model,
    server,
    clock,
    controller,
    errors,
    stages,
    readOn,
    expectReleased,
    [Symbol.asyncDispose]: close,
  }
}
