import { withSupport, type CheckedCitation } from '../../core/vocabulary/citations.ts'
import type { ChatEvent, DoneEvent, ErrorEvent, StartEvent, SupportEvent } from '../../core/vocabulary/events.ts'
import type { ChatResult, FinishReason } from '../../core/vocabulary/result.ts'
import type { Source } from '../../core/vocabulary/sources.ts'
import type { Warning } from '../../core/vocabulary/warnings.ts'
import { toCitationPart, toResultMetadata, toSourcePart, toSourcesPart } from './message-parts.ts'
import type { RagwireUIMessageChunk, UIFinishReason } from './ui-message.ts'

/** Converts each event of a run to chunks of the AI SDK. It belongs to one stream, because it has state. */
export type ChunkEncoder = (event: ChatEvent) => readonly RagwireUIMessageChunk[]

/**
 * Creates the encoder of one stream. The same events give the same chunks. The chunks have only keys that the strict
 * schemas of versions 6.0.0 and 7.0.0 allow. The terminal event completes the message from its result, so that a reader
 * that has missed events still gets the whole answer.
 */
export function createChunkEncoder(): ChunkEncoder {
  const sources = createSourceChunks()
  const text = createTextChunks()
  const citations = createCitationChunks()
  const warnings: Warning[] = []

  /** Begins the text, after all sources that are known. A citation needs it too, because it refers to the text. */
  const beginText = (): Chunks => (text.isOpen() ? NONE : [...sources.flush(), ...text.start()])

  const complete = (result: ChatResult): Chunks => [
    ...result.sources.flatMap(sources.add),
    ...(result.answer !== '' || result.citations.length > 0 ? beginText() : []),
    // Sources that came after the text began.
    ...sources.flush(),
    ...text.rest(result.answer),
    ...result.citations.flatMap(citations.add),
    ...text.end(),
  ]

  return (event) => {
    switch (event.type) {
      case 'start':
        return begin(event)
      case 'status':
        return [{ type: 'data-status', data: { phase: event.phase }, transient: true }]
      case 'query': {
        const { question, query, condensed } = event
        return [{ type: 'message-metadata', messageMetadata: { query: { question, query, condensed } } }]
      }
      case 'source':
        return sources.add(event.source)
      case 'token':
        if (text.isOpen()) return text.delta(event.delta)
        return event.delta === '' ? NONE : [...beginText(), ...text.delta(event.delta)]
      case 'citation':
        return [...beginText(), ...citations.add(event.citation)]
      case 'support':
        return citations.check(event)
      case 'warning':
        warnings.push({ code: event.code, message: event.message })
        return [{ type: 'message-metadata', messageMetadata: { warnings: [...warnings] } }]
      case 'done':
        return [...complete(event), ...end(event)]
      case 'error':
        return [...complete(event.partial), ...fail(event)]
      default:
        event satisfies never
        return NONE
    }
  }
}

type Chunks = readonly RagwireUIMessageChunk[]

const NONE: Chunks = []

function begin({ runId, threadId }: StartEvent): Chunks {
  const messageMetadata = { runId, ...(threadId !== undefined && { threadId }) }
  return [{ type: 'start', messageId: runId, messageMetadata }, { type: 'start-step' }]
}

function end(result: DoneEvent): Chunks {
  const { finishReason } = result
  const messageMetadata = toResultMetadata(result)
  // A client ignores everything in `abort`, so the metadata come before it.
  if (finishReason === 'abort') return [{ type: 'message-metadata', messageMetadata }, { type: 'abort' }]
  return [{ type: 'finish-step' }, { type: 'finish', finishReason: toUIFinishReason(finishReason), messageMetadata }]
}

function toUIFinishReason(finishReason: FinishReason): UIFinishReason {
  if (finishReason === 'length' || finishReason === 'content-filter') return finishReason
  return finishReason === 'stop' || finishReason === 'no-evidence' ? 'stop' : 'other'
}

function fail({ code, message, retryable, retryAfterMs, partial }: ErrorEvent): Chunks {
  const error = { code, message, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  const messageMetadata = { ...toResultMetadata(partial), error }
  // A client throws at `error` and reads nothing after it.
  return [
    { type: 'message-metadata', messageMetadata },
    { type: 'error', errorText: message },
  ]
}

const TEXT_ID = 'text'

function createTextChunks() {
  let state: 'before' | 'open' | 'ended' = 'before'
  let length = 0

  function delta(text: string): Chunks {
    length += text.length
    return text === '' ? NONE : [{ type: 'text-delta', id: TEXT_ID, delta: text }]
  }

  return {
    isOpen: () => state !== 'before',
    start(): Chunks {
      state = 'open'
      return [{ type: 'text-start', id: TEXT_ID }]
    },
    delta,
    /** The part of the answer that was not sent yet. */
    rest: (answer: string): Chunks => (answer.length > length ? delta(answer.slice(length)) : NONE),
    end(): Chunks {
      if (state !== 'open') return NONE
      state = 'ended'
      return [{ type: 'text-end', id: TEXT_ID }]
    },
  }
}

function createSourceChunks() {
  const sources = new Map<number, Source>()
  // The number of sources that `data-sources` had when it was sent.
  let flushed = 0

  return {
    add(source: Source): Chunks {
      if (sources.has(source.number)) return NONE
      sources.set(source.number, source)
      return [toSourcePart(source)]
    },
    /** All sources as one part, if there are new ones. It has their texts, so it is not sent for each source. */
    flush(): Chunks {
      if (sources.size === flushed) return NONE
      flushed = sources.size
      return [toSourcesPart([...sources.values()])]
    },
  }
}

function createCitationChunks() {
  const citations = new Map<number, CheckedCitation>()

  function add(citation: CheckedCitation): Chunks {
    const known = citations.get(citation.index)
    if (known && (known.support !== undefined || citation.support === undefined)) return NONE
    citations.set(citation.index, citation)
    return [toCitationPart(citation)]
  }

  return {
    add,
    check(event: SupportEvent): Chunks {
      const citation = citations.get(event.index)
      return citation ? add(withSupport(citation, event)) : NONE
    },
  }
}
