import type { ChatEvent, DoneEvent, ErrorEvent } from '../../core/vocabulary/events.ts'
import type { Source } from '../../core/vocabulary/sources.ts'
import type { DialectEncoder } from '../encoding.ts'
import { createCharacterJoiner } from '../join-characters.ts'
import { toOpenAIError } from '../openai-failure.ts'
import { toCompletionId, toFinishReason, toUsage, type CompletionHead } from './completion.ts'
import { createSourceEvents, toFoundStatus, toSearchStatus, type OpenWebUIEvent } from './open-web-ui.ts'
import type { ResolvedOpenAIChatOptions } from './options.ts'
import { toAnnotations, toMarkdownList, toSearchResults } from './sources.ts'

/** The part of a request that the chunks depend on. */
export interface ChunkOptions extends Omit<CompletionHead, 'id'> {
  /** True if the stream has a chunk with the usage. */
  readonly includeUsage: boolean
  /** The forms in which the sources are sent. */
  readonly sources: ResolvedOpenAIChatOptions['sources']
}

/**
 * Creates the encoder of a stream of chunks. A sequence of events always gets the same text. `support`, `warning` and the
 * phases of `status` have no place in this protocol.
 */
export function createEncoder(options: ChunkOptions): DialectEncoder {
  const { includeUsage, sources: carriers } = options
  // Used only if a stream fails before `start`.
  let chunks = createChunks('', options)
  const text = createCharacterJoiner()
  const found = createFoundSources(carriers)

  function encodeDone({ finishReason, citations, sources, usage }: DoneEvent): string {
    const rest = text.end() + (carriers.list ? toMarkdownList(citations, sources) : '')
    const annotations = carriers.annotations ? toAnnotations(citations, sources) : []
    const end = { finish: toFinishReason(finishReason) }
    return [
      found.encode(chunks),
      rest === '' ? '' : chunks.text(rest),
      chunks.delta(annotations.length > 0 ? { annotations } : {}, end),
      includeUsage ? chunks.withoutChoice({ usage: toUsage(usage) }) : '',
      END,
    ].join('')
  }

  return (event: ChatEvent): string => {
    switch (event.type) {
      case 'start':
        chunks = createChunks(event.runId, options)
        return chunks.delta({ role: 'assistant', content: '' })
      case 'query':
        return carriers.openWebUI ? chunks.event(toSearchStatus(event.query)) : ''
      case 'source':
        return found.add(event.source, chunks)
      case 'token': {
        const delta = text.next(event.delta)
        return found.encode(chunks) + (delta === '' ? '' : chunks.text(delta))
      }
      case 'done':
        return encodeDone(event)
      case 'error':
        return encodeError(event)
      case 'status':
      case 'citation':
      case 'support':
      case 'warning':
        return ''
      default:
        return event satisfies never
    }
  }
}

const END = 'data: [DONE]\n\n'

// The clients of OpenAI throw for any `data` with an `error`.
function encodeError({ message, code }: ErrorEvent): string {
  return `data: ${JSON.stringify(toOpenAIError({ status: 500, code, message, param: null }))}\n\n${END}`
}

interface Chunks {
  text(content: string): string
  delta(delta: object, more?: { readonly finish?: string; readonly fields?: object }): string
  withoutChoice(fields: object): string
  event(event: OpenWebUIEvent): string
}

function createChunks(runId: string, { created, model, includeUsage }: ChunkOptions): Chunks {
  const head = JSON.stringify({ id: toCompletionId(runId), object: 'chat.completion.chunk', created, model })
  const start = `data: ${head.slice(0, -1)},"choices":[`
  // OpenAI sends it with each chunk once the usage is asked for.
  const noUsage = includeUsage ? ',"usage":null' : ''
  const beforeText = `${start}{"index":0,"delta":{"content":`
  const afterText = `},"finish_reason":null}]${noUsage}}\n\n`
  return {
    text: (content) => beforeText + JSON.stringify(content) + afterText,
    delta(delta, { finish = null, fields = {} }: { readonly finish?: string | null; readonly fields?: object } = {}) {
      const choice = JSON.stringify({ index: 0, delta, finish_reason: finish })
      return `${start}${choice}]${noUsage}${membersOf(fields)}}\n\n`
    },
    withoutChoice: (fields) => `${start}]${membersOf(fields)}}\n\n`,
    event: (event) => `${start}]${noUsage}${membersOf({ event })}}\n\n`,
  }
}

/** Returns the members of an object as JSON, each with a comma before it. */
function membersOf(fields: object): string {
  const members = JSON.stringify(fields).slice(1, -1)
  return members === '' ? '' : `,${members}`
}

interface FoundSources {
  /** Adds a source, and returns its chunk; empty if it is sent later. */
  add(source: Source, chunks: Chunks): string
  /** Returns the chunks of the sources since the last call. */
  encode(chunks: Chunks): string
}

function createFoundSources({ citations, openWebUI }: ResolvedOpenAIChatOptions['sources']): FoundSources {
  const sources: Source[] = []
  const toSourceEvent = createSourceEvents()
  let sent = -1
  return {
    add(source, chunks) {
      sources.push(source)
      return openWebUI ? chunks.event(toSourceEvent(source)) : ''
    },
    encode(chunks) {
      if (sent === sources.length) return ''
      sent = sources.length
      const status = openWebUI ? chunks.event(toFoundStatus(sent)) : ''
      const fields = citations ? toSearchResults(sources) : {}
      // Some clients read these fields only beside a text.
      return fields.citations === undefined ? status : status + chunks.delta({ content: '' }, { fields })
    },
  }
}
