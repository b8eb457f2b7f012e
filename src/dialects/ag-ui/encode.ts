import type { CheckedCitation } from '../../core/vocabulary/citations.ts'
import type { ChatEvent, DoneEvent, ErrorEvent, StartEvent } from '../../core/vocabulary/events.ts'
import type { Phase } from '../../core/vocabulary/phases.ts'
import type { ChatResult } from '../../core/vocabulary/result.ts'
import type { Source } from '../../core/vocabulary/sources.ts'
import type { DialectEncoder, DialectStream } from '../encoding.ts'
import { createCharacterJoiner } from '../join-characters.ts'

/** The facts of a request that its stream depends on. */
export interface AgUiStream extends DialectStream {
  /** The run as the client names it. @defaultValue the id of the run */
  readonly runId?: string | undefined
  /** The thread as the client names it. @defaultValue the id of the thread; without one, that of the run */
  readonly threadId?: string | undefined
  /** True if the client knows `outcome`, which version 1.0 of the protocol added. @defaultValue false */
  readonly knowsOutcome?: boolean | undefined
  /** Number of frames at the start that the client already has. @defaultValue 0 */
  readonly skip?: number | undefined
}

/**
 * Creates the encoder of one stream. It is a pure function of the events, so that frame 7 of a replay is frame 7 of the
 * first reading, and a cursor is the number of a frame.
 */
export function createEncoder(stream: AgUiStream): DialectEncoder {
  const { frame, last } = createFrames(stream)
  let ids: RunIds = { threadId: stream.threadId ?? '', runId: stream.runId ?? '' }
  let contentPrefix: string | undefined
  let messageId = ''
  let step: Phase | undefined
  let sentSources = 0
  const sources: Source[] = []
  const characters = createCharacterJoiner()

  function encode(event: ChatEvent): string {
    if (event.type === 'source') {
      sources.push(event.source)
      return ''
    }
    return sendSources() + encodeOther(event)
  }

  // One frame for all of them. A frame for later ones has the earlier ones, too, so that a reader replaces its list.
  function sendSources(): string {
    if (sentSources === sources.length) return ''
    sentSources = sources.length
    return frame(custom('sources', sources))
  }

  function encodeOther(event: Exclude<ChatEvent, { readonly type: 'source' }>): string {
    switch (event.type) {
      case 'start':
        return begin(event)
      case 'status':
        return endStep() + beginStep(event.phase)
      case 'query':
      case 'support':
      case 'warning': {
        const { type, seq: _, ...value } = event
        return frame(custom(type, value))
      }
      case 'citation':
        return frame(custom('citation', event.citation))
      case 'token':
        return appendText(characters.next(event.delta))
      case 'done':
        return endMessage(event) + endStep() + last(runFinished(event, ids, stream))
      case 'error':
        return endMessage(event.partial) + endStep() + last(runError(event))
      default:
        return event satisfies never
    }
  }

  function begin(start: StartEvent): string {
    messageId = start.messageId
    const { runId = start.runId, threadId = start.threadId ?? start.runId } = stream
    ids = { threadId, runId }
    const started = frame(JSON.stringify({ type: 'RUN_STARTED', threadId, runId }))
    // The native routes, such as the one that stops a run, take the id of the run.
    return runId === start.runId ? started : started + frame(custom('run', { runId: start.runId }))
  }

  function beginStep(phase: Phase): string {
    step = phase
    return frame(JSON.stringify({ type: 'STEP_STARTED', stepName: phase }))
  }

  function endStep(): string {
    if (step === undefined) return ''
    const stepName = step
    step = undefined
    return frame(JSON.stringify({ type: 'STEP_FINISHED', stepName }))
  }

  function appendText(delta: string): string {
    // The protocol forbids an empty delta.
    if (delta === '') return ''
    if (contentPrefix !== undefined) return frame(`${contentPrefix}${JSON.stringify(delta)}}`)
    // Every token repeats this part, so it is made once.
    contentPrefix = `{"type":"TEXT_MESSAGE_CONTENT","messageId":${JSON.stringify(messageId)},"delta":`
    return frame(JSON.stringify({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' })) + appendText(delta)
  }

  function endMessage(result: ChatResult): string {
    const rest = appendText(characters.end())
    if (contentPrefix === undefined) return ''
    contentPrefix = undefined
    return rest + frame(JSON.stringify({ type: 'TEXT_MESSAGE_END', messageId, metadata: metadataOf(result) }))
  }

  return encode
}

interface RunIds {
  readonly threadId: string
  readonly runId: string
}

interface Frames {
  /** Returns the next frame; empty if the client has it. */
  frame(json: string): string
  /** Returns the last frame. It has no id and is never skipped, so that the client always sees an end. */
  last(json: string): string
}

function createFrames({ acknowledged, skip = 0 }: AgUiStream): Frames {
  let count = 0
  return {
    frame(json) {
      count += 1
      if (count <= skip) return ''
      // A client reconnects if the frames have ids, so the frames of a run that is not stored have none. A frame has its id
      // before the run store has confirmed its events: the client shows the text at once, and would show it twice if it
      // resumed from an earlier id. If the process of the run is killed, the stored run is shorter and ends with an error,
      // and the client gets that error.
      return acknowledged ? `id: ${count}\ndata: ${json}\n\n` : `data: ${json}\n\n`
    },
    last: (json) => `data: ${json}\n\n`,
  }
}

function custom(name: string, value: unknown): string {
  return JSON.stringify({ type: 'CUSTOM', name, value })
}

/** The sources without their texts, because a client sends the metadata back with every later question. */
export function metadataOf({ sources, citations, finishReason }: ChatResult): object {
  return { finishReason, sources: sources.map(toShortSource), citations: citations.map(toShortCitation) }
}

function toShortSource({ number, sourceId, documentId, title, section, url, location }: Source): object {
  return { number, sourceId, documentId, title, section, url, location }
}

function toShortCitation({ index, number, sourceId, start, end, support }: CheckedCitation): object {
  return { index, number, sourceId, start, end, support }
}

function runFinished(done: DoneEvent, { threadId, runId }: RunIds, { knowsOutcome }: AgUiStream): string {
  const { finishReason, saved, usage } = done
  const { inputTokens, outputTokens, totalTokens } = usage
  const outcome = knowsOutcome ? { type: finishReason === 'abort' ? 'cancelled' : 'success' } : undefined
  const result = { finishReason, saved }
  return JSON.stringify({
    type: 'RUN_FINISHED',
    threadId,
    runId,
    result,
    outcome,
    usage: [{ inputTokens, outputTokens, totalTokens }],
  })
}

function runError({ message, code }: ErrorEvent): string {
  return JSON.stringify({ type: 'RUN_ERROR', message, code })
}
