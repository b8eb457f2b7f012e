import { createThinkingFilter, type ThinkingFilter } from '../../core/text/thinking-filter.ts'
import type { ChatModelEvent, ModelFinishReason } from '../../core/vocabulary/chat-model.ts'
import type { ThinkingMemory } from './thinking-memory.ts'

/** The text of one completion, without the thoughts in it. */
export interface AnswerText {
  /** Returns the text of the answer in a piece, or only a sign of life while thoughts are removed. */
  read(text: string, model?: unknown): ChatModelEvent
  /** Notes that the model shows its thoughts in a field of their own, so that its text begins with the answer. */
  sawReasoning(): void
  /** Ends the text: returns what was held back and belongs to the answer. */
  end(reason: ModelFinishReason): string
}

// Tags that come alone behind text: the thought before them was shown, and the next answer will be read with more care.
const LATE_CLOSE = /^\s*(?:<\/(?:think|thinking|thought|reasoning)>|◁\/think▷)\s*(?:\n|$)/iu
const SHORTEST_CLOSE = '</think>'.length

/** Starts the text of one completion; without a memory, everything is text. */
export function createAnswerText(memory: ThinkingMemory | undefined): AnswerText {
  let filter: ThinkingFilter | undefined
  // The first text, until it is certain how to read it.
  let first = ''
  let hasOwnField = false
  let opened = false
  let passing = memory === undefined
  // The model writes such tags itself, so one that comes later belongs to what it says.
  let thought = false

  function filtered(text: string, model: unknown): ChatModelEvent {
    if (filter) return write(filter, text)
    first += text
    const mayBeOpened = hasOwnField ? false : memory?.mayBeOpened(model, first)
    if (mayBeOpened === undefined) return REASONING
    opened = mayBeOpened
    filter = createThinkingFilter({ opened })
    return write(filter, first)
  }

  function write(filter: ThinkingFilter, text: string): ChatModelEvent {
    const delta = filter.write(text)
    thought ||= filter.thinking || filter.closedAlone
    if (filter.passing) letGo(filter)
    return delta === '' ? REASONING : { type: 'text', delta }
  }

  /** The rest is the answer: nothing of the filter is kept for it. */
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
      // Only an answer that is whole can have no thought in it: what was cut may have been cut while it thought.
      const wasOpened = opened && filter.thinking
      if (wasOpened && reason !== 'stop') return ''
      const rest = filter.end()
      if (wasOpened && rest !== '') memory?.learn(false)
      return rest
    },
  }
}

// Asked before the expression is, because this stands in the path of every token.
function mayClose(text: string): boolean {
  return text.includes('>') || text.includes('▷')
}

const REASONING: ChatModelEvent = { type: 'reasoning' }
