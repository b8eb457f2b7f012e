import { createCitedAnswer } from './cited-answer.ts'

import { releasable, type Releasable } from '../async/releasable.ts'
import type { Engine, EngineEvent, EngineSource, EngineTurn } from '../vocabulary/engine.ts'
import { generate } from '../generation/generate.ts'
import { toMessages } from '../history/conversation.ts'
import type { ModelAnswerSource, ResolvedChatOptions } from '../options/resolved-options.ts'
import { cleanChunk } from '../retrieval/clean-chunks.ts'
import type { RetrievedChunk } from '../vocabulary/retriever.ts'
import type { Source } from '../vocabulary/sources.ts'
import { withOneSystemMessage } from '../vocabulary/with-one-system-message.ts'
import { warning } from '../vocabulary/warnings.ts'
import { createEngineSources, type EmittedSources, type EngineSources } from './emit-sources.ts'
import type { Conversation } from './load-history.ts'
import type { Ending } from './turn-output.ts'
import type { Turn } from './turn.ts'

/** The options of a chat that every answer uses. */
export type AnswerOptions = Pick<ResolvedChatOptions, 'answer' | 'sources'>

/** The input of {@link askModel}. */
export interface ModelTurn {
  /** The model, with the options of its stages. */
  readonly source: ModelAnswerSource
  /** The earlier turns. */
  readonly conversation: Conversation
  /** The text that was searched for. */
  readonly query: string
  /** The numbered sources, and the text around them. */
  readonly found: EmittedSources
}

/** Asks the model to answer the original question with the found sources. */
export function askModel(
  { source, conversation, query, found }: ModelTurn,
  turn: Turn,
  options: AnswerOptions,
): Promise<Ending> {
  const { model, prompt, settings, retries } = source
  const { question } = turn.input
  const history = [...conversation.instructions, ...toMessages(conversation.turns)]
  const { sources } = found
  const messages = withOneSystemMessage(prompt({ question, ...found, history, fence: crypto.randomUUID() }))
  const condensed = query !== conversation.question && { query }
  const request = { ...settings, messages, purpose: 'answer', question, ...condensed, sources } as const
  turn.tracker.reportStage({ stage: 'prompted', messages })
  const attempt = releasable((signal: AbortSignal) => {
    turn.tracker.setPrompt(messages.map(({ content }) => content))
    return model.stream(request, { signal })
  })
  return writeAnswer({ attempt, sources, retries }, turn, options)
}

/**
 * Asks the engine for the answer. It reports its own sources. It is never asked twice, because it may have side
 * effects.
 */
export function askEngine(
  { engine, conversation }: { readonly engine: Engine; readonly conversation: Conversation },
  turn: Turn,
  options: AnswerOptions,
): Promise<Ending> {
  const asked = toEngineTurn(turn, conversation)
  const attempt = releasable((signal: AbortSignal) => {
    turn.tracker.setPrompt([turn.input.question])
    return engine.answer(asked, { signal })
  })
  return writeAnswer({ attempt, sources: [], retries: 0 }, turn, options)
}

interface Asked {
  /** Opens the stream of the model or the engine. It is released by the first text, because no attempt follows that. */
  readonly attempt: Releasable<AbortSignal, AsyncIterable<EngineEvent>>
  /** The sources in the prompt. */
  readonly sources: readonly Source[]
  /** Further attempts before the first token. */
  readonly retries: number
}

/** Reads the answer, and emits it with its citations and their checks. */
async function writeAnswer({ attempt, sources, retries }: Asked, turn: Turn, options: AnswerOptions): Promise<Ending> {
  const { tracker, emit, signal, clock } = turn
  await emit({ type: 'status', phase: 'generating' })
  const { firstTokenMs, idleMs, maxAnswerChars } = options.answer
  // A model has none, so they are created with the first one.
  let engineSources: EngineSources | undefined
  const answer = createCitedAnswer(
    (number) => sources[number - 1] ?? engineSources?.sources[number - 1],
    turn,
    options.answer,
  )
  try {
    const generation = await generate(attempt.call, {
      firstTokenMs,
      idleMs,
      maxAnswerChars,
      retries,
      clock,
      signal,
      onFirstText() {
        tracker.markTime('firstToken')
        attempt.release()
      },
      onText: (delta) => answer.write(delta),
      onSource(source) {
        engineSources ??= createEngineSources(emit, options.sources)
        return engineSources.write(fromEngine(source))
      },
      onWarning: (code) => emit(warning(code)),
      onUsage: (usage) => tracker.setUsage('generating', usage),
    })
    tracker.markTime('generated')
    tracker.reportStage({ stage: 'generated', ...generation })
    await answer.finish()
    const { finishReason } = generation
    const hasSources = sources.length > 0 || (engineSources?.sources.length ?? 0) > 0
    const isComplete = finishReason === 'stop' || finishReason === 'length'
    if (hasSources && isComplete && answer.isUncited()) await emit(warning('uncited'))
    return { finishReason }
  } catch (thrown) {
    // Text that the scanner held back belongs to the partial answer, too.
    if (!signal.aborted) await answer.finish()
    throw thrown
  }
}

function fromEngine(source: EngineSource): RetrievedChunk {
  const { score, ...chunk } = Object(source) as EngineSource
  return cleanChunk({ chunk: { ...chunk, chunkId: chunk.chunkId ?? chunk.documentId }, score }, ENGINE)
}

const ENGINE = { name: 'The engine', code: 'upstream-bad-response' } as const

function toEngineTurn({ input }: Turn, { turns, instructions }: Conversation): EngineTurn {
  const { question, scope, threadId } = input
  return {
    question,
    history: withOneSystemMessage([...instructions, ...toMessages(turns)]),
    ...(scope !== undefined && { scope }),
    ...(threadId !== undefined && { threadId }),
  }
}
