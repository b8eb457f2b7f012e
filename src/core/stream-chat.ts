import { abortFirst } from './async/abort-first.ts'
import { untilAborted } from './async/abortable.ts'
import { createDeadline } from './async/deadline.ts'
import type { Emit } from './async/handoff.ts'
import { linkSignal } from './async/link-signal.ts'
import { ChatError, toChatError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import type { OpenAttempt } from './generation/attempt.ts'
import type { EngineSource, EngineTurn } from './generation/engine.ts'
import { generate } from './generation/generate.ts'
import { resolveStreamChatOptions, type ResolvedChatOptions, type StreamChatOptions } from './options.ts'
import { noEvidenceSentence } from './retrieval/evidence-gate.ts'
import { toSource, withinBudget } from './retrieval/number-sources.ts'
import { retrieve } from './retrieval/retrieve.ts'
import type { RetrievedChunk } from './retrieval/retriever.ts'
import type { Source } from './sources.ts'
import { createTurn, type Ending, type Turn, type TurnOutput } from './turn.ts'
import { warning } from './warnings.ts'

/**
 * Runs one turn: retrieves, answers from what was found, and yields what happens as typed events: `start`, then
 * `status`, `query`, every `source`, the `token`s, and exactly one `done` or `error`.
 *
 * Nothing runs before the first event is asked for, and the stream has one reader. When `signal` aborts, the next
 * event is `done` with `finishReason: 'abort'` and the partial answer, whatever the model or the retriever do; a
 * reader who leaves the loop stops the run just so. A turn that fails is an `error` event, never a throw.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`, at once, when an option is wrong
 */
export function streamChat(options: StreamChatOptions): AsyncIterable<ChatEvent> {
  const resolved = resolveStreamChatOptions(options)
  return abortFirst<TurnOutput, ChatEvent>(() => {
    const turn = createTurn(resolved)
    return {
      signal: resolved.signal,
      first: turn.start(),
      produce: (emit, signal) => runTurn(resolved, { turn, emit, signal }),
      onAbort: async () => ({ type: 'ending', finishReason: 'abort' }),
      onReturn: turn.abandon,
      deliver: turn.deliver,
    }
  })
}

interface Stream {
  readonly turn: Turn
  readonly emit: Emit<TurnOutput>
  readonly signal: AbortSignal
}

/** Runs the turn under `runMs`, and turns whatever goes wrong into its ending. */
async function runTurn(options: ResolvedChatOptions, stream: Stream): Promise<Ending> {
  const { turn } = stream
  const controller = new AbortController()
  const unlink = linkSignal(stream.signal, (reason) => controller.abort(reason))
  const deadline = createDeadline(() => controller.abort(tookTooLong(options.runMs)), options.clock)
  const emit: Emit<TurnOutput> = (output) => {
    const taken = stream.emit(output)
    return taken && untilAborted(taken, controller.signal)
  }
  try {
    deadline.set(options.runMs)
    return await answerTurn(options, { turn, emit, signal: controller.signal })
  } catch (thrown) {
    const error = toChatError(thrown)
    // An abort is no error, and nobody is listening to this ending any more.
    if (!stream.signal.aborted) turn.report(error)
    return { type: 'ending', finishReason: 'error', error }
  } finally {
    deadline.dispose()
    unlink()
  }
}

async function answerTurn(options: ResolvedChatOptions, stream: Stream): Promise<Ending> {
  const { answerSource, question } = options
  if (answerSource.kind === 'engine') {
    const { engine } = answerSource
    stream.turn.prompted([question])
    return generateAnswer((signal) => engine.answer(engineTurn(options), { signal }), options, stream)
  }

  const { emit, turn } = stream
  await emit({ type: 'query', question, query: question, condensed: false })
  await emit({ type: 'status', phase: 'retrieving' })
  const retrieved = await retrieveChunks(options, stream)
  turn.mark('retrieved')

  if (retrieved?.length === 0 && options.onNoEvidence !== 'answer') return refuse(options, stream)

  const sources = await emitSources(retrieved ?? [], options, stream)
  const messages = options.prompt({ question, sources, fence: crypto.randomUUID() })
  const request = { ...options.request, messages, purpose: 'answer', question, sources } as const
  turn.prompted(messages.map((message) => message.content))
  return generateAnswer((signal) => answerSource.model.stream(request, { signal }), options, stream)
}

/** Asks the retriever; nothing at all when it failed and the run may go on without it. */
async function retrieveChunks(
  options: ResolvedChatOptions,
  { turn, emit, signal }: Stream,
): Promise<readonly RetrievedChunk[] | undefined> {
  const { answerSource, question, onRetrievalError } = options
  if (answerSource.kind !== 'model') return undefined
  try {
    return await retrieve(answerSource.retriever, question, { ...options, signal })
  } catch (thrown) {
    if (onRetrievalError === 'fail' || signal.aborted) throw thrown
    turn.report(toChatError(thrown))
    await emit(warning('retrieval-degraded'))
    return undefined
  }
}

/** Ends a run for which nothing was found, without asking the model. */
async function refuse({ onNoEvidence, question }: ResolvedChatOptions, stream: Stream): Promise<Ending> {
  const { turn, emit, signal } = stream
  const sentence = async () =>
    typeof onNoEvidence === 'function' ? onNoEvidence(question) : noEvidenceSentence(question)
  const delta = await untilAborted(sentence(), signal)
  turn.mark('firstToken')
  await emit({ type: 'token', delta, at: 0 })
  return { type: 'ending', finishReason: 'no-evidence' }
}

/** Shows the reader what the answer may cite. */
async function emitSources(
  retrieved: readonly RetrievedChunk[],
  options: ResolvedChatOptions,
  { emit }: Stream,
): Promise<readonly Source[]> {
  const { kept, trimmed } = withinBudget(retrieved, options)
  if (trimmed) await emit(warning('context-trimmed'))
  const writer = createSourceWriter(options, emit)
  for (const found of kept) await writer.write(found)
  return writer.sources
}

/** Reads the answer and passes it on. */
async function generateAnswer(open: OpenAttempt, options: ResolvedChatOptions, stream: Stream): Promise<Ending> {
  const { turn, emit, signal } = stream
  await emit({ type: 'status', phase: 'generating' })
  const engineSources = createSourceWriter(options, emit)
  let at = 0
  const generation = await generate(open, {
    ...options,
    // Only a model can be asked again: an engine may have acted already.
    retries: options.answerSource.kind === 'model' ? options.retries : 0,
    signal,
    onText(delta) {
      if (at === 0) turn.mark('firstToken')
      const start = at
      at += delta.length
      return emit({ type: 'token', delta, at: start })
    },
    onSource: (source) => engineSources.write(fromEngine(source)),
    onWarning: (code) => emit(warning(code)),
  })
  turn.mark('generated')
  if (generation.usage) turn.spent(generation.usage)
  return { type: 'ending', finishReason: generation.finishReason }
}

/** Numbers sources in the order in which they come, and keeps their ids apart. */
function createSourceWriter(options: ResolvedChatOptions, emit: Emit<TurnOutput>) {
  const sources: Source[] = []
  const ids = new Set<string>()
  return {
    sources,
    async write(found: RetrievedChunk): Promise<void> {
      const source = withOwnId(toSource(found, sources.length + 1, options), ids)
      if (found.chunk.url !== undefined && source.url === undefined) await emit(warning('source-url-dropped'))
      sources.push(source)
      await emit({ type: 'source', source })
    },
  }
}

// An engine may report a document piece by piece under its id alone, and two ids may read the same when joined.
function withOwnId(source: Source, ids: Set<string>): Source {
  const sourceId = ids.has(source.sourceId) ? `${source.sourceId}#${source.number}` : source.sourceId
  ids.add(sourceId)
  return { ...source, sourceId }
}

function fromEngine({ score, ...source }: EngineSource): RetrievedChunk {
  return { chunk: { ...source, chunkId: source.chunkId ?? source.documentId }, ...(score !== undefined && { score }) }
}

function engineTurn({ question, scope, threadId }: ResolvedChatOptions): EngineTurn {
  return { question, ...(scope !== undefined && { scope }), ...(threadId !== undefined && { threadId }) }
}

function tookTooLong(runMs: number): ChatError {
  return new ChatError(`The run took longer than ${runMs} ms (runMs)`, { code: 'limit-exceeded' })
}
