/** Options of {@link createThinkingFilter}. */
export interface ThinkingFilterOptions {
  /**
   * True if the text may begin inside a thought, because the server's prompt template has written the opening tag. The
   * text is then held back until a closing tag; without one, all of it is the answer.
   * @defaultValue false
   */
  readonly opened?: boolean
}

/** Takes a model's thoughts out of its text as the text arrives. */
export interface ThinkingFilter {
  /** Takes a piece of text, and returns what of the text so far is certainly answer and was not returned before. */
  write(delta: string): string
  /** Ends the text: returns what was held back and is answer after all. */
  end(): string
  /** True while a thought is open, or may be. */
  readonly thinking: boolean
  /** True once no thought can begin any more: `write` returns its argument from now on. */
  readonly passing: boolean
  /** True if a closing tag came whose opening tag was not in the text. */
  readonly closedAlone: boolean
}

interface Tag {
  readonly open: string
  readonly close: string
}

// How models of several vendors write their thoughts into the text, when the server does not take them out.
const TAGS: readonly Tag[] = [
  ...['think', 'thinking', 'thought', 'thoughts', 'reasoning', 'seed:think'].map((name) => ({
    open: `<${name}>`,
    close: `</${name}>`,
  })),
  { open: '◁think▷', close: '◁/think▷' },
  { open: '[THINK]', close: '[/THINK]' },
  { open: '<|START_THINKING|>', close: '<|END_THINKING|>' },
  { open: '<|begin_of_thought|>', close: '<|end_of_thought|>' },
  { open: '<details type="reasoning"', close: '</details>' },
  { open: '<|channel|>analysis<|message|>', close: '<|channel|>final<|message|>' },
]

// The tags that close a thought which the server's template has opened. `</details>` closes other things, too.
const LONE: readonly Tag[] = TAGS.filter(({ close }) => close !== '</details>')

const LONGEST = Math.max(...TAGS.flatMap(({ open, close }) => [open.length, close.length]))
const STARTS = /[<◁[]/u

/**
 * Starts the filtering of one answer. A thought is only looked for at the beginning of the text, where models put it:
 * what stands later, such as a sentence about `<think>`, is text. Several thoughts may follow one another.
 *
 * The result does not depend on how the text was cut into pieces.
 */
export function createThinkingFilter(options: ThinkingFilterOptions = {}): ThinkingFilter {
  let state: 'start' | 'thought' | 'answer' = 'start'
  let mayBeOpened = options.opened ?? false
  let closedAlone = false
  let afterThought = false
  // Text that has arrived and is not decided on.
  let held = ''
  let tags = matcherOf(TAGS)
  let depth = 0
  // Text of an open thought that is the answer if the thought is never closed. Undefined: such text is no answer.
  let kept: string | undefined

  function write(delta: string): string {
    if (state === 'answer') return delta
    held += delta
    let text = takeBlanks()
    while (state === 'start' ? readStart() : readThought()) text += takeBlanks()
    if (!isPassing()) return text
    text += held
    held = ''
    return text
  }

  // Blanks before a thought are returned at once, so that nothing grows; blanks after it belong to it.
  function takeBlanks(): string {
    if (state !== 'start') return ''
    const blanks = held.length - held.trimStart().length
    const text = afterThought ? '' : held.slice(0, blanks)
    held = held.slice(blanks)
    return text
  }

  /** Decides about a text without blanks before it; true if there is more to decide. */
  function readStart(): boolean {
    const opened = TAGS.find(({ open }) => startsWith(held, open))
    if (opened) return enter(opened.open.length, [opened])
    const closed = LONE.find(({ close }) => startsWith(held, close))
    if (closed) return closeAlone(closed.close.length)
    if (mayBecomeTag(held)) return false
    if (mayBeOpened) {
      kept = ''
      return enter(0, LONE)
    }
    state = 'answer'
    return false
  }

  function enter(length: number, those: readonly Tag[]): true {
    held = held.slice(length)
    state = 'thought'
    tags = matcherOf(those)
    depth = 1
    return true
  }

  function closeAlone(length: number): true {
    held = held.slice(length)
    closedAlone ||= !afterThought
    return leave()
  }

  function leave(): true {
    state = 'start'
    depth = 0
    kept = undefined
    afterThought = true
    mayBeOpened = false
    return true
  }

  function readThought(): boolean {
    const tag = tags.exec(held)
    const end = tag ? tag.index : undecidedFrom(held)
    if (kept !== undefined) kept += held.slice(0, end)
    if (!tag) {
      held = held.slice(end)
      return false
    }
    held = held.slice(tag.index + tag[0].length)
    return tag[1] === undefined ? nest(tag[0]) : close()
  }

  // A thought may only speak of the tag. So what follows the next closing tag is held back, until the end or another one.
  function nest(tag: string): true {
    depth += 1
    if (kept !== undefined) kept += tag
    return true
  }

  function close(): true {
    depth -= 1
    if (depth === 0) {
      closedAlone ||= mayBeOpened
      return leave()
    }
    kept = ''
    afterThought = true
    return true
  }

  function isPassing(): boolean {
    return state === 'answer'
  }

  return {
    write,
    end() {
      const text = state === 'thought' && kept === undefined ? '' : (kept ?? '') + held
      state = 'answer'
      held = ''
      kept = undefined
      return afterThought ? text.trimStart() : text
    },
    get thinking() {
      return state === 'thought'
    },
    get passing() {
      return isPassing()
    },
    get closedAlone() {
      return closedAlone
    },
  }
}

/**
 * A whole text without the thoughts at its beginning. A closing tag that has no opening tag in the text ends a thought
 * that the server's template has opened.
 */
export function withoutThinking(text: string): string {
  const tags = [...text.matchAll(new RegExp(matcherOf(LONE), 'giu'))]
  const closings = tags.filter(([, close]) => close !== undefined).length
  const filter = createThinkingFilter({ opened: closings > tags.length - closings })
  return filter.write(text) + filter.end()
}

/** Finds the next tag; the closing ones are group 1. */
function matcherOf(tags: readonly Tag[]): RegExp {
  const anyOf = (words: readonly string[]) =>
    words.map((word) => word.replaceAll(/[[\]|]/gu, String.raw`\$&`)).join('|')
  return new RegExp(`(${anyOf(tags.map(({ close }) => close))})|${anyOf(tags.map(({ open }) => open))}`, 'iu')
}

function startsWith(text: string, tag: string): boolean {
  return text.length >= tag.length && text.slice(0, tag.length).toLowerCase() === tag.toLowerCase()
}

/** True if more text could make this the beginning of a tag. */
function mayBecomeTag(text: string): boolean {
  const lower = text.toLowerCase()
  return (
    text.length < LONGEST &&
    TAGS.some(({ open, close }) => [open, close].some((tag) => tag.toLowerCase().startsWith(lower)))
  )
}

/** The position from which the text may be the first half of a tag. */
function undecidedFrom(text: string): number {
  const from = Math.max(0, text.length - LONGEST + 1)
  const start = text.slice(from).search(STARTS)
  return start === -1 ? text.length : from + start
}
