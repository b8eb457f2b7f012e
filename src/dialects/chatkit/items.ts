import { cutText } from '../../core/text/cut-text.ts'
import { MAX_TITLE_CHARS } from '../../core/text/thread-page.ts'
import type { ChatResult } from '../../core/vocabulary/result.ts'
import type { StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import { toAnnotationSource, type Annotation } from './annotation.ts'
import type { ChatKitLabels, ResolvedChatKitOptions } from './options.ts'
import { showAnswer } from './shown-text.ts'

/** An item of a thread in the form of ChatKit. Its id is derived from the run. */
export interface ThreadItem {
  /** The kind of the item. */
  readonly type: 'user_message' | 'assistant_message' | 'task'
  /** Unique in the thread. */
  readonly id: string
  /** The thread. */
  readonly thread_id: string
  /** The time in ISO 8601. */
  readonly created_at: string
  /** The texts of a message. */
  readonly content?: readonly object[]
  /** The text of a task. */
  readonly task?: object
}

/** The text of an answer with its citations. */
export interface AnswerContent {
  /** The type of the object. */
  readonly type: 'output_text'
  /** The text without markers, unless they are kept. */
  readonly text: string
  /** The citations, in the order of their positions. */
  readonly annotations: readonly Annotation[]
}

/** The turn of an item. */
export interface ItemPlace {
  /** The run of the turn. */
  readonly runId: string
  /** The thread. */
  readonly threadId: string
  /** Time at which the turn began, in milliseconds since 1970. */
  readonly createdAt: number
}

type ItemKind = 'user' | 'answer' | 'end'

// The items of a turn are one millisecond apart, for a reader that sorts them by time.
const ORDER: Readonly<Record<ItemKind, number>> = { user: 0, answer: 1, end: 2 }

/** Returns the id of an item of a run. */
export function itemIdOf(kind: ItemKind, runId: string): string {
  return `${kind}_${runId}`
}

/** Returns the run of an item; `undefined` for an id that no item can have. */
export function runIdOf(itemId: string): string | undefined {
  return /^(?:user|answer|end)_(.+)$/su.exec(itemId)?.[1]
}

/** Makes the item of a question. */
export function userItem(question: string, place: ItemPlace): ThreadItem {
  const content = [{ type: 'input_text', text: question }]
  return { type: 'user_message', ...baseOf('user', place), content, ...NOTHING_CHOSEN }
}

// ChatKit requires both.
const NOTHING_CHOSEN = { attachments: [], inference_options: {} }

/** Makes the item of an answer. */
export function answerItem(content: readonly AnswerContent[], place: ItemPlace): ThreadItem {
  return { type: 'assistant_message', ...baseOf('answer', place), content }
}

/** Makes the item that says that an answer is not complete; `undefined` if there is nothing to say. */
export function endItem(
  { finishReason, error }: ChatResult,
  labels: ChatKitLabels,
  place: ItemPlace,
): ThreadItem | undefined {
  const title = finishReason === 'error' ? error?.message : textOf(finishReason, labels)
  if (!title) return undefined
  return { type: 'task', ...baseOf('end', place), task: { type: 'custom', title, icon: 'info' } }
}

function textOf(finishReason: ChatResult['finishReason'], labels: ChatKitLabels): string | undefined {
  switch (finishReason) {
    case 'abort':
    case 'length':
    case 'content-filter':
      return labels[finishReason]
    default:
      return undefined
  }
}

/** Converts a result to the text and citations that its stream gave. */
function contentOf(result: ChatResult, { markers }: ResolvedChatKitOptions): AnswerContent {
  const sources = new Map(result.sources.map((source) => [source.sourceId, toAnnotationSource(source)]))
  const { text, marks } = showAnswer(result, markers)
  const annotations = marks.flatMap(({ citation, index }): Annotation[] => {
    const source = sources.get(citation.sourceId)
    return source ? [{ type: 'annotation', source, index }] : []
  })
  return { type: 'output_text', text, annotations }
}

/** Converts a stored turn to the items that its stream gave. */
export function itemsOf(turn: StoredTurn, options: ResolvedChatKitOptions): readonly ThreadItem[] {
  const { question, result } = turn
  const user = userItem(question, turn)
  if (!result) return [user]
  const end = endItem(result, options.labels, turn)
  return [user, ...(hasAnswer(result) ? [answerItem([contentOf(result, options)], turn)] : []), ...(end ? [end] : [])]
}

/** Returns true if a result has anything to show. Without markers, an answer may consist of citations alone. */
export function hasAnswer({ answer, citations }: ChatResult): boolean {
  return answer !== '' || citations.length > 0
}

function baseOf(kind: ItemKind, { runId, threadId, createdAt }: ItemPlace) {
  return { id: itemIdOf(kind, runId), thread_id: threadId, created_at: toTime(createdAt + ORDER[kind]) }
}

/** A list in the form of ChatKit. */
export interface Page<T> {
  /** The entries. */
  readonly data: readonly T[]
  /** True if there are more. */
  readonly has_more: boolean
  /** The cursor of the next page; absent on the last one. */
  readonly after?: string
}

/** The facts of a thread. */
export interface ThreadFacts {
  /** The thread. */
  readonly threadId: string
  /** The title; cut if it is long. */
  readonly title: string
  /** A time in milliseconds since 1970. */
  readonly createdAt: number
}

/** Makes a thread; without `items` it has none, as in a list of threads. */
export function toThread(
  { threadId, title, createdAt }: ThreadFacts,
  items: Page<ThreadItem> = { data: [], has_more: false },
): object {
  return {
    id: threadId,
    title: cutText(title, MAX_TITLE_CHARS),
    created_at: toTime(createdAt),
    status: { type: 'active' },
    metadata: {},
    items,
  }
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
