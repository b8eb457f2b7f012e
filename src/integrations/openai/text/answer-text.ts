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

/** A text with its state. Its functions are shared, because every open stream has one. */
interface OpenText extends AnswerText {
  readonly memory: ThinkingMemory | undefined
  filter: ThinkingFilter | undefined
  /** The first text, until it is certain if it may begin inside a thought. */
  first: string
  hasOwnField: boolean
  opened: boolean
  passing: boolean
  /** True if the model writes both tags itself; a later closing tag is then part of the answer. */
  thought: boolean
}

/** Creates the text of one completion; without a memory, all text is the answer. */
export function createAnswerText(memory: ThinkingMemory | undefined): AnswerText {
  const answer: OpenText = {
    memory,
    filter: undefined,
    first: '',
    hasOwnField: false,
    opened: false,
    passing: memory === undefined,
    thought: false,
    read,
    sawReasoning,
    end,
  }
  return answer
}

function read(this: OpenText, text: string, model?: unknown): ChatModelEvent {
  if (!this.passing) return filtered(this, text, model)
  if (text.length >= SHORTEST_CLOSE && mayClose(text) && !this.thought && LATE_CLOSE.test(text)) {
    this.memory?.learn(true)
  }
  return { type: 'text', delta: text }
}

function sawReasoning(this: OpenText): void {
  this.hasOwnField = true
}

function end(this: OpenText, reason: ModelFinishReason): string {
  const { filter, memory } = this
  if (!filter) return this.first
  if (filter.closedAlone) memory?.learn(true)
  // Only a complete answer proves that there was no thought: an incomplete one may have been cut inside it.
  const wasOpened = this.opened && filter.thinking
  if (wasOpened && reason !== 'stop') return ''
  const rest = filter.end()
  if (wasOpened && rest !== '') memory?.learn(false)
  return rest
}

function filtered(answer: OpenText, text: string, model: unknown): ChatModelEvent {
  if (answer.filter) return write(answer, answer.filter, text)
  answer.first += text
  const mayBeOpened = answer.hasOwnField ? false : answer.memory?.mayBeOpened(model, answer.first)
  if (mayBeOpened === undefined) return REASONING
  if (!mayBeOpened && beginsWithoutTag(answer.first)) return pass(answer)
  answer.opened = mayBeOpened
  answer.filter = createThinkingFilter({ opened: mayBeOpened })
  return write(answer, answer.filter, answer.first)
}

/** Passes the first text, which needs no filter. */
function pass(answer: OpenText): ChatModelEvent {
  const { first } = answer
  answer.passing = true
  answer.first = ''
  return { type: 'text', delta: first }
}

function write(answer: OpenText, filter: ThinkingFilter, text: string): ChatModelEvent {
  const delta = filter.write(text)
  answer.thought ||= filter.thinking || filter.closedAlone
  if (filter.passing) letGo(answer, filter)
  return delta === '' ? REASONING : { type: 'text', delta }
}

/** Drops the filter: the rest is the answer. */
function letGo(answer: OpenText, { closedAlone }: ThinkingFilter): void {
  answer.passing = true
  answer.filter = undefined
  answer.first = ''
  if (closedAlone) answer.memory?.learn(true)
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
