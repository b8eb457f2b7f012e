import { createCharacterJoiner } from '../join-characters.ts'
import type { ResponseEnding } from './finished-response.ts'
import { headOf, type StreamParts } from './frames.ts'
import { toMessage, toMessageId, toTextPart, type Annotation } from './output-items.ts'

/** Encodes the message of a stream. Every method returns the frames to send. */
export interface MessageEncoder {
  /** The position of the message; absent before it begins. */
  readonly index: number | undefined
  /** Adds text. The first text begins the message. */
  addText(delta: string): string
  /** Adds an annotation. */
  addAnnotation(annotation: Annotation): string
  /** Ends the message; begins one if there is none. */
  end(ending: Pick<ResponseEnding, 'result' | 'messageStatus'>): string
}

/** Creates the encoder of the message. */
export function createMessageEncoder(runId: string, { frames, items, context }: StreamParts): MessageEncoder {
  const item_id = toMessageId(runId)
  let index: number | undefined
  const characters = createCharacterJoiner()
  let annotations = 0
  // Made once, because there is one frame for each token.
  let tokenTail = ''

  function begin(): string {
    if (index !== undefined) return ''
    index = items.next()
    tokenTail = `,${JSON.stringify({ item_id, output_index: index, content_index: 0, logprobs: [] }).slice(1, -1)},"delta":`
    const item = { id: item_id, type: 'message', status: 'in_progress', role: 'assistant', content: [] }
    const part = { type: 'output_text', text: '', annotations: [], logprobs: [] }
    return (
      frames.add('response.output_item.added', { output_index: index, item }) +
      frames.add('response.content_part.added', { item_id, output_index: index, content_index: 0, part })
    )
  }

  function encodeText(text: string): string {
    return text === '' ? '' : frames.addPrepared(TOKEN_HEAD, `${tokenTail}${JSON.stringify(text)}}\n\n`)
  }

  return {
    get index() {
      return index
    },
    addText(delta) {
      const begun = index === undefined ? begin() : ''
      return begun + encodeText(characters.next(delta))
    },
    addAnnotation(annotation) {
      const begun = begin()
      const at = { item_id, output_index: index, content_index: 0, annotation_index: annotations }
      annotations += 1
      return begun + frames.add('response.output_text.annotation.added', { ...at, annotation })
    },
    end({ result, messageStatus }) {
      const begun = begin()
      const at = { item_id, output_index: index, content_index: 0 }
      const { search } = context
      const item = toMessage(runId, result, { status: messageStatus, search })
      return (
        begun +
        encodeText(characters.end()) +
        frames.add('response.output_text.done', { ...at, text: result.answer.toWellFormed(), logprobs: [] }) +
        frames.add('response.content_part.done', { ...at, part: toTextPart(result, { search }) }) +
        frames.add('response.output_item.done', { output_index: index, item })
      )
    },
  }
}

const TOKEN_HEAD = headOf('response.output_text.delta')
