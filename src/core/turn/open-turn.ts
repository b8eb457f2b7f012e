import { abortFirst, type StopWork } from '../async/abort-first.ts'
import { createDeadline } from '../async/deadline.ts'
import type { ResolvedChatOptions } from '../options/resolved-options.ts'
import type { ResolvedTurnOptions } from '../options/resolved-turn-options.ts'
import { ChatError, isChatError, toChatError } from '../vocabulary/chat-error.ts'
import type { ChatStream } from '../vocabulary/chat-stream.ts'
import type { ChatEvent } from '../vocabulary/events.ts'
import { EMPTY_RESULT } from '../vocabulary/reduce-event.ts'
import { RESULT_UP_TO, type StreamWithResult } from '../vocabulary/running-result.ts'
import { askEngine, askModel } from './answer.ts'
import { createConclusion, type Conclusion } from './conclusion.ts'
import { emitSources } from './emit-sources.ts'
import { findEvidence, refuse } from './find-evidence.ts'
import { loadHistory } from './load-history.ts'
import { makeQuery } from './make-query.ts'
import { replyTo } from './reply-to.ts'
import { say } from './say.ts'
import { replay } from './replay.ts'
import type { Ending, TurnOutput } from './turn-output.ts'
import { createTurnTracker, type TurnTracker } from './turn-tracker.ts'
import type { Turn } from './turn.ts'

/** Opens the stream of one turn. The turn starts with the first read. */
export function openTurn(chat: ResolvedChatOptions, input: ResolvedTurnOptions): ChatStream {
  const { clock } = chat
  let followed: TurnTracker | undefined
  const stream: AsyncIterable<ChatEvent> & StreamWithResult & { error: ChatError | undefined } = {
    error: undefined,
    [RESULT_UP_TO]: (lastSeq) => followed?.resultUpTo(lastSeq) ?? EMPTY_RESULT,
    ...abortFirst<TurnOutput, ChatEvent>(() => {
      const tracker = createTurnTracker({ chat, input, onErrorEvent: (error) => void (stream.error = error) })
      followed = tracker
      const conclusion = createConclusion({ input, tracker, storeMs: chat.history.storeMs, clock })
      return {
        signal: input.signal,
        first: tracker.firstOutput(),
        produce: (emit, signal, stop) => runTurn({ input, tracker, emit, signal, clock, stop, conclusion }, chat),
        onAbort: () => conclusion.reach(endingOfAbort(input.signal)),
        onReturn: () => conclusion.reachUnread({ finishReason: 'abort' }),
        deliver: (output) => tracker.toEvent(output),
      }
    }),
  }
  return stream
}

interface WholeTurn extends Turn {
  /** Saves the turn. */
  readonly conclusion: Conclusion
}

/** Runs the stages of one turn, from the question to the answer. */
async function answerTurn(turn: WholeTurn, chat: ResolvedChatOptions): Promise<Ending> {
  const source = chat.answerSource
  await turn.conclusion.saveQuestion(turn.signal)
  const conversation = await loadHistory(turn, chat.history)
  if (conversation.kept) return replay(conversation.kept, turn)
  if (source.kind === 'engine') return askEngine({ engine: source.engine, conversation }, turn, chat)

  const reply = source.greetings && replyTo(turn.input.question, source.greetings, conversation)
  if (reply !== undefined) return say(reply, turn, 'stop')
  const search = await makeQuery(conversation, turn, source)
  const evidence = await findEvidence(search, turn, source.retrieval)
  if (!evidence) return refuse(search, turn, source.retrieval)
  const found = await emitSources(evidence, turn, chat.sources)
  return askModel({ source, conversation, query: search.query, found }, turn, chat)
}

interface OuterTurn extends WholeTurn {
  /** Stops the stages, and takes back an output that the reader has not taken. */
  readonly stop: StopWork
}

/** Runs the turn with the time limit `runMs`, and converts every error to an ending. */
async function runTurn({ stop, ...turn }: OuterTurn, chat: ResolvedChatOptions): Promise<TurnOutput> {
  const { conclusion, clock } = turn
  // The run ends in time even if the reader pauses. An output that the reader has not taken is not part of the result.
  const deadline = createDeadline(() => stop(tookTooLong(chat.runMs)), clock)
  try {
    deadline.set(chat.runMs)
    return await conclusion.reach(await answerTurn(turn, chat))
  } catch (thrown) {
    // After an abort, the turn is already concluded, and this call resolves with the same output.
    return conclusion.reach({ finishReason: 'error', error: toChatError(thrown) })
  } finally {
    deadline.dispose()
  }
}

// A server that shuts down aborts its runs with a ChatError. That is a failure, not an abort by the reader.
function endingOfAbort(signal: AbortSignal | undefined): Ending {
  const reason: unknown = signal?.reason
  return isChatError(reason) ? { finishReason: 'error', error: reason } : { finishReason: 'abort' }
}

function tookTooLong(runMs: number): ChatError {
  return new ChatError(`The run took longer than ${runMs} ms (runMs)`, { code: 'limit-exceeded' })
}
