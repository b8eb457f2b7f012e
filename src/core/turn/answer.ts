import { createAnswerWriter } from '../citation/answer-writer.ts'
import { createClaimChecker } from '../citation/claim-checker.ts'
import type { OpenAttempt } from '../generation/attempt.ts'
import type { ChatModel } from '../vocabulary/chat-model.ts'
import type { Engine, EngineSource, EngineTurn } from '../vocabulary/engine.ts'
import { generate } from '../generation/generate.ts'
import { toMessages } from '../history/conversation.ts'
import type { ResolvedChatOptions } from './resolve-options.ts'
import { cleanChunk } from '../retrieval/clean-chunks.ts'
import type { RetrievedChunk } from '../vocabulary/retriever.ts'
import type { Source } from '../vocabulary/sources.ts'
import { withOneSystemMessage } from '../vocabulary/system-message.ts'
import { warning } from '../vocabulary/warnings.ts'
import type { Conversation } from './recall.ts'
import type { Ending } from './record.ts'
import { createEngineSources } from './sources.ts'
import type { Stream } from './stream.ts'

/** Asks the model for the answer to the question as it was asked, with the sources that were found for it. */
export function askModel(
  model: ChatModel,
  { conversation, sources }: { readonly conversation: Conversation; readonly sources: readonly Source[] },
  options: ResolvedChatOptions,
  stream: Stream,
): Promise<Ending> {
  const { question, prompt } = options
  const history = [...conversation.instructions, ...toMessages(conversation.turns)]
  const messages = withOneSystemMessage(prompt({ question, sources, history, fence: crypto.randomUUID() }))
  const request = { ...options.request, messages, purpose: 'answer', question, sources } as const
  stream.record.prompted(messages.map(({ content }) => content))
  stream.record.stage({ stage: 'prompted', messages })
  return writeAnswer(
    (signal) => model.stream(request, { signal }),
    { sources, retries: options.retries },
    options,
    stream,
  )
}

/** Lets the engine answer; it brings its own sources, and is never asked twice, because it may have acted already. */
export function askEngine(
  engine: Engine,
  conversation: Conversation,
  options: ResolvedChatOptions,
  stream: Stream,
): Promise<Ending> {
  stream.record.prompted([options.question])
  const turn = toEngineTurn(options, conversation)
  return writeAnswer((signal) => engine.answer(turn, { signal }), { sources: [], retries: 0 }, options, stream)
}

/** Reads the answer, and passes it on with its citations and what their check says. */
async function writeAnswer(
  open: OpenAttempt,
  { sources, retries }: { readonly sources: readonly Source[]; readonly retries: number },
  options: ResolvedChatOptions,
  stream: Stream,
): Promise<Ending> {
  const { record, emit, signal } = stream
  await emit({ type: 'status', phase: 'generating' })
  const late = createEngineSources(options, emit)
  const sourceOf = (number: number): Source | undefined => sources[number - 1] ?? late.sources[number - 1]
  const checker =
    options.check &&
    createClaimChecker({ ...options, check: options.check, sourceOf, emit, onError: record.report, signal })
  const writer = createAnswerWriter({
    markers: options.markers,
    sourceOf,
    emit,
    onClaim: (claim) => (checker ? checker.add(claim) : undefined),
  })
  const finishAnswer = async (): Promise<void> => {
    await writer.end()
    await checker?.finish()
  }
  try {
    const generation = await generate(open, {
      ...options,
      retries,
      signal,
      onText(delta) {
        record.mark('firstToken')
        return writer.write(delta)
      },
      onSource: (source) => late.write(fromEngine(source)),
      onWarning: (code) => emit(warning(code)),
      onUsage: (usage) => record.spent('generating', usage),
    })
    record.mark('generated')
    record.stage({ stage: 'generated', ...generation })
    await finishAnswer()
    return { finishReason: generation.finishReason }
  } catch (thrown) {
    // What was held back belongs to an answer that broke off, too.
    if (!signal.aborted) await finishAnswer()
    throw thrown
  }
}

function fromEngine(source: EngineSource): RetrievedChunk {
  const { score, ...chunk } = Object(source) as EngineSource
  return cleanChunk({ chunk: { ...chunk, chunkId: chunk.chunkId ?? chunk.documentId }, score }, ENGINE)
}

const ENGINE = { name: 'The engine', code: 'upstream-bad-response' } as const

function toEngineTurn(
  { question, scope, threadId }: ResolvedChatOptions,
  { turns, instructions }: Conversation,
): EngineTurn {
  return {
    question,
    history: withOneSystemMessage([...instructions, ...toMessages(turns)]),
    ...(scope !== undefined && { scope }),
    ...(threadId !== undefined && { threadId }),
  }
}
