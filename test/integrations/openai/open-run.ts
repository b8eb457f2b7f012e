import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'vitest'
import type { ChatError, ChatEvent, RetrieveAndAnswerOptions, StageReport } from '../../../src/index.ts'
import { openaiChatModel, type OpenAIChatClient, type OpenAIChatModelOptions } from '../../../src/openai.ts'
import { createFaultServer, manualClock, type FaultBehaviour } from '../../../src/testing.ts'
import { open } from '../../core/ask.ts'
import type { CreateClient } from './clients.ts'

/** What a run over a fault server is opened with, besides the options of the run. */
export interface OpenRunOptions extends Partial<RetrieveAndAnswerOptions> {
  readonly modelOptions?: Partial<OpenAIChatModelOptions>
  /** Wraps the client, as a package for tracing does. */
  readonly wrap?: (client: OpenAIChatClient) => OpenAIChatClient
}

/** Opens a run against a server that behaves so, on a clock that stands still. */
export async function openRun(createClient: CreateClient, behaviour: FaultBehaviour, options: OpenRunOptions = {}) {
  const { modelOptions, wrap = (client) => client, ...runOptions } = options
  const server = await createFaultServer({ behaviour })
  const controller = new AbortController()
  const clock = manualClock()
  const errors: ChatError[] = []
  const stages: StageReport[] = []
  const client = wrap(createClient({ baseURL: server.baseURL }))
  const model = openaiChatModel({ client, model: 'any', ...modelOptions })
  const onError = (error: ChatError) => errors.push(error)
  const onStage = (stage: StageReport) => stages.push(stage)
  const run = open({ model, clock, signal: controller.signal, onError, onStage, ...runOptions })

  /** Reads to the end. While the model is about to be asked again, time moves on by this much. */
  async function readOn({ waitMs = 0 } = {}): Promise<readonly ChatEvent[]> {
    for (let event = await run.read(); event;) {
      const next = run.read()
      if (event.type === 'warning') await clock.advance(waitMs)
      event = await next
    }
    return run.events
  }

  /** Every connection to the model has been given up, and so has every timer. */
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
