import type { Citation } from '../../core/vocabulary/citations.ts'
import type { ChatEvent, ErrorEvent, StartEvent, TokenEvent, WarningEvent } from '../../core/vocabulary/events.ts'
import type { Phase } from '../../core/vocabulary/phases.ts'
import type { ChatResult } from '../../core/vocabulary/result.ts'
import type { DialectEncoder } from '../encoding.ts'
import { toAnnotationSource } from './annotation.ts'
import { answerItem, endItem, hasAnswer, itemIdOf, toThread, userItem, type ItemPlace } from './items.ts'
import type { ResolvedChatKitOptions } from './options.ts'
import { createShownText, showAnswer } from './shown-text.ts'

/** The part of a request that its stream repeats. */
export interface Asked {
  /** Time of the request, in milliseconds since 1970. */
  readonly createdAt: number
  /** The question; its item begins the stream. */
  readonly question: string
  /** True if the question begins a thread. */
  readonly isNewThread?: boolean
  /** The items of an earlier answer to the question, which this one replaces. */
  readonly replacedItems?: readonly string[]
}

/**
 * Creates the encoder of one stream. The same events and the same request give the same bytes. Without a request, the stream
 * has only the answer, and its time is 1970, because no event has a time.
 */
export function createEncoder(options: ResolvedChatKitOptions, asked?: Asked): DialectEncoder {
  let answer: AnswerEncoder | undefined
  return (event) => {
    if (event.type === 'start') {
      const place = placeOf(event, asked)
      answer = createAnswerEncoder(place, options)
      return prologue(place, { asked, options })
    }
    if (answer) return answer(event)
    // A stream may fail before it has begun.
    return event.type === 'error' ? encodeError(event) : ''
  }
}

function placeOf({ runId, threadId = runId }: StartEvent, asked: Asked | undefined): ItemPlace {
  return { runId, threadId, createdAt: asked?.createdAt ?? 0 }
}

function prologue(
  place: ItemPlace,
  { asked, options }: { readonly asked: Asked | undefined; readonly options: ResolvedChatKitOptions },
): string {
  const { question, isNewThread, replacedItems = [] } = asked ?? {}
  const events = [
    ...(isNewThread ? [{ type: 'thread.created', thread: toThread({ ...place, title: question ?? '' }) }] : []),
    ...replacedItems.map((itemId) => ({ type: 'thread.item.removed', item_id: itemId })),
    ...(question === undefined ? [] : [{ type: 'thread.item.done', item: userItem(question, place) }]),
    { type: 'stream_options', stream_options: { allow_cancel: options.allowCancel } },
  ]
  return events.map(frame).join('')
}

type AnswerEncoder = (event: Exclude<ChatEvent, StartEvent>) => string

function createAnswerEncoder(place: ItemPlace, options: ResolvedChatKitOptions): AnswerEncoder {
  const itemId = JSON.stringify(itemIdOf('answer', place.runId))
  const update = `data: {"type":"thread.item.updated","item_id":${itemId},"update":{"type":"assistant_message.content_part`
  // Only the text differs from token to token.
  const deltaPrefix = `${update}.text_delta","content_index":0,"delta":`
  const item = JSON.stringify({ type: 'thread.item.done', item: answerItem([], place) })
  const donePrefix = `data: ${item.slice(0, -']}}'.length)}`
  // Each source once as JSON, because an answer may cite it many times.
  const sources = new Map<string, string>()
  const shown = createShownText(options.markers)
  let begun = false
  let marked: Citation[] = []
  let annotations = 0

  function begin(): string {
    if (begun) return ''
    begun = true
    const added = frame({ type: 'thread.item.added', item: answerItem([], place) })
    return `${added}${update}.added","content_index":0,"content":{"type":"output_text","text":"","annotations":[]}}}\n\n`
  }

  function say(text: string): string {
    return text === '' ? '' : `${deltaPrefix}${JSON.stringify(text)}}}\n\n`
  }

  function annotate({ sourceId }: Citation, index: number): string | undefined {
    const source = sources.get(sourceId)
    return source && `{"type":"annotation","source":${source},"index":${index}}`
  }

  function cite(citation: Citation): string {
    const annotation = annotate(citation, shown.length)
    if (annotation === undefined) return ''
    const at = `"content_index":0,"annotation_index":${annotations}`
    annotations += 1
    return `${update}.annotation_added",${at},"annotation":${annotation}}}\n\n`
  }

  function encodeToken({ delta, at }: TokenEvent): string {
    if (marked.length === 0) return begin() + say(shown.add(delta))
    // The token of a marker follows its citations.
    const cited = marked.filter(({ start, end }) => start === at && end === at + delta.length)
    marked = []
    if (cited.length === 0) return begin() + say(shown.add(delta))
    const text = say(shown.addMarker(delta))
    return begin() + text + cited.map(cite).join('')
  }

  function encodeCitation(citation: Citation): string {
    if (citation.end > citation.start) {
      marked.push(citation)
      return ''
    }
    const text = say(shown.flush())
    return begin() + text + cite(citation)
  }

  function finish(result: ChatResult): string {
    if (!begun && !hasAnswer(result)) return ''
    const rest = begin() + say(shown.flush())
    const { text, marks } = showAnswer(result, options.markers)
    const all = marks.flatMap(({ citation, index }) => annotate(citation, index) ?? []).join()
    const content = `{"type":"output_text","text":${JSON.stringify(text)},"annotations":[${all}]}`
    return `${rest}${update}.done","content_index":0,"content":${content}}}\n\n${donePrefix}${content}]}}\n\n`
  }

  function end(result: ChatResult): string {
    const item = endItem(result, options.labels, place)
    return item ? frame({ type: 'thread.item.done', item }) : ''
  }

  return (event) => {
    switch (event.type) {
      case 'token':
        return encodeToken(event)
      case 'citation':
        return encodeCitation(event.citation)
      case 'source':
        sources.set(event.source.sourceId, JSON.stringify(toAnnotationSource(event.source)))
        return ''
      case 'status':
        return encodePhase(event.phase, options)
      case 'warning':
        return encodeWarning(event)
      case 'done':
        return finish(event) + end(event)
      case 'error':
        return finish(event.partial) + end({ ...event.partial, error: event }) + encodeError(event)
      // ChatKit has no place for them.
      case 'query':
      case 'support':
        return ''
      default:
        return event satisfies never
    }
  }
}

const ICONS: Readonly<Record<Phase, string>> = {
  condensing: 'lightbulb',
  retrieving: 'search',
  reranking: 'analytics',
  generating: 'write',
}

function encodePhase(phase: Phase, { labels }: ResolvedChatKitOptions): string {
  const text = labels[phase]
  return text === '' ? '' : frame({ type: 'progress_update', icon: ICONS[phase], text })
}

function encodeWarning({ code, message }: WarningEvent): string {
  // The only warning for the reader: sources are missing. The others are for the developer.
  return code === 'retrieval-degraded' ? frame({ type: 'notice', level: 'warning', message }) : ''
}

function encodeError({ message, retryable }: ErrorEvent): string {
  return frame({ type: 'error', code: 'custom', message, allow_retry: retryable })
}

function frame(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`
}
