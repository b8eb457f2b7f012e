import { createThinkingFilter, type ThinkingFilter } from '../../../core/text/thinking-filter.ts'
import type { ChatModelEvent, ModelFinishReason } from '../../../core/vocabulary/chat-model.ts'
import { mayBeginWithTag } from '../../../core/text/thinking-tags.ts'
import type { ThinkingMemory } from './thinking-memory.ts'

/** The text of one completion, without the thoughts in it. */
export interface AnswerText {
  /** Returns the answer's text in a piece, or a `reasoning` event while thoughts are removed. */
  read(text: string, model?: unknown): ChatModelEvent
  /** Records that the model sends thoughts in a separate field, so its text begins with the answer. */
  sawReasoning(): void
  /** Ends the text: returns what was held back and belongs to the answer. */
  end(reason: ModelFinishReason): string
}

// A closing tag after shown text means that the text was a thought; the next answer is then held back.
const LATE_CLOSE = /^\s*(?:<\/(?:think|thinking|thought|reasoning)>|◁\/think▷)\s*(?:\n|$)/iu
const SHORTEST_CLOSE = '</think>'.length

/** Creates the text of one completion; without a memory, all text is the answer. */
export function createAnswerText(memory: ThinkingMemory | undefined): AnswerText {
  let filter: ThinkingFilter | undefined
  // The first text, until it is certain if it may begin inside a thought.
  let first = ''
  let hasOwnField = false
  let opened = false
  let passing = memory === undefined
  // True if the model writes both tags itself; a later closing tag is then part of the answer.
  let thought = false

  function filtered(text: string, model: unknown): ChatModelEvent {
    if (filter) return write(filter, text)
    first += text
    const mayBeOpened = hasOwnField ? false : memory?.mayBeOpened(model, first)
    if (mayBeOpened === undefined) return REASONING
    if (!mayBeOpened && beginsWithoutTag(first)) return pass(first)
    opened = mayBeOpened
    filter = createThinkingFilter({ opened })
    return write(filter, first)
  }

  /** Passes the first text, which needs no filter. */
  function pass(text: string): ChatModelEvent {
    passing = true
    first = ''
    return { type: 'text', delta: text }
  }

  function write(filter: ThinkingFilter, text: string): ChatModelEvent {
    const delta = filter.write(text)
    thought ||= filter.thinking || filter.closedAlone
    if (filter.passing) letGo(filter)
    return delta === '' ? REASONING : { type: 'text', delta }
  }

  /** Drops the filter: the rest is the answer. */
  function letGo({ closedAlone }: ThinkingFilter): void {
    passing = true
    filter = undefined
    first = ''
    if (closedAlone) memory?.learn(true)
  }

  return {
    read(text, model) {
      if (!passing) return filtered(text, model)
      if (text.length >= SHORTEST_CLOSE && mayClose(text) && !thought && LATE_CLOSE.test(text)) memory?.learn(true)
      return { type: 'text', delta: text }
    },
    sawReasoning() {
      hasOwnField = true
    },
    end(reason) {
      if (!filter) return first
      if (filter.closedAlone) memory?.learn(true)
      // Only a complete answer proves that there was no thought: an incomplete one may have been cut inside it.
      const wasOpened = opened && filter.thinking
      if (wasOpened && reason !== 'stop') return ''
      const rest = filter.end()
      if (wasOpened && rest !== '') memory?.learn(false)
      return rest
    },
  }
}

// A cheap test before the regular expression, because this runs for each token.
function mayClose(text: string): boolean {
  return text.includes('>') || text.includes('▷')
}

/** Returns true if a thought cannot begin any more, as in most answers. */
function beginsWithoutTag(text: string): boolean {
  return !mayBeginWithTag(text.trimStart())
}

const REASONING: ChatModelEvent = { type: 'reasoning' }
