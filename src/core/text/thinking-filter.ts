import {
  CLOSES,
  LONE,
  matcherOf,
  mayBecomeTag,
  mayBeginWithTag,
  OPENS,
  undecidedFrom,
  type Tag,
} from './thinking-tags.ts'

/** Options of {@link createThinkingFilter}. */
export interface ThinkingFilterOptions {
  /**
   * True if the text may begin inside a thought, because the server's prompt template has the opening tag. The text is then
   * held back until a closing tag; without one, all of it is the answer.
   * @defaultValue false
   */
  readonly opened?: boolean
}

/** Removes a model's thoughts from its text as the text arrives. */
export interface ThinkingFilter {
  /** Adds a piece of text; returns new text that certainly belongs to the answer. */
  write(delta: string): string
  /** Ends the text; returns held text that belongs to the answer. */
  end(): string
  /** True while a thought is open, or may be. */
  readonly thinking: boolean
  /** True once no thought can begin any more: `write` then returns its argument. */
  readonly passing: boolean
  /** True if a closing tag came whose opening tag was not in the text. */
  readonly closedAlone: boolean
}

// Maximum of blanks before a thought that are removed with it. More of them are shown, so that the buffer is bounded.
const MAX_LEADING_BLANKS = 256

/**
 * Creates the filter of one answer. Thoughts are only recognised at the beginning of the text, where models put them; a
 * later `<think>`, as in a sentence about it, is text. Several thoughts may follow one another.
 *
 * The result does not depend on how the text was cut into pieces.
 */
export function createThinkingFilter(options: ThinkingFilterOptions = {}): ThinkingFilter {
  let state: 'start' | 'thought' | 'answer' = 'start'
  let mayBeOpened = options.opened ?? false
  let closedAlone = false
  let afterThought = false
  // Blanks before the first character, which decides if they are shown. Undefined once decided.
  let leading: string | undefined = ''
  // Text that is not decided yet.
  let held = ''
  // The tags that may close the thought; set when one opens.
  let tags: RegExp | undefined
  let depth = 0
  // The character before `held`; it decides if a tag in a thought is only quoted.
  let before = ''
  let ended = false
  // Text of an open thought that is the answer if the thought is never closed. Undefined: such text is no answer.
  let kept: string | undefined

  function write(delta: string): string {
    if (state === 'answer') return delta
    held += delta
    return readOn()
  }

  function readOn(): string {
    let text = takeBlanks()
    while (state === 'start' ? readStart() : readThought()) text += takeBlanks()
    if (!isPassing()) return text
    text += takeLeading() + held
    held = ''
    return text
  }

  /** Removes blanks from the start of the undecided text; returns those that are certainly shown. */
  function takeBlanks(): string {
    if (state !== 'start') return ''
    const blanks = held.slice(0, held.length - held.trimStart().length)
    held = held.slice(blanks.length)
    if (afterThought) return ''
    if (leading === undefined) return blanks
    leading += blanks
    return leading.length > MAX_LEADING_BLANKS ? takeLeading() : ''
  }

  function takeLeading(): string {
    const blanks = leading ?? ''
    leading = undefined
    return blanks
  }

  /** Decides about text without leading blanks; returns true if there is more to decide. */
  function readStart(): boolean {
    return (mayBeginWithTag(held) ? readTag() : undefined) ?? leaveStart()
  }

  /** Reads a tag at the start; `undefined` if there is none. */
  function readTag(): boolean | undefined {
    for (const { tag, pattern } of OPENS) {
      const [found] = pattern.exec(held) ?? []
      if (found !== undefined) return found.endsWith('/>') ? skip(found) : enter(found.length, tag)
    }
    const [closed] = CLOSES.exec(held) ?? []
    if (closed !== undefined) return closeAlone(closed)
    return !ended && mayBecomeTag(held) ? false : undefined
  }

  /** Decides about text that begins with no tag. */
  function leaveStart(): boolean {
    if (mayBeOpened && !ended) {
      kept = takeLeading()
      return enter(0)
    }
    state = 'answer'
    return false
  }

  /** Enters a thought; without a tag, any may close it. */
  function enter(length: number, tag?: Tag): true {
    before = ''
    held = held.slice(length)
    state = 'thought'
    tags = tag ? matcherOf([tag]) : matcherOf(LONE)
    depth = 1
    return true
  }

  /** Removes a tag that opens no thought: `<think/>`. */
  function skip(tag: string): true {
    held = held.slice(tag.length)
    return leave()
  }

  function closeAlone(tag: string): true {
    closedAlone ||= !afterThought
    return skip(tag)
  }

  function leave(): true {
    state = 'start'
    depth = 0
    kept = undefined
    leading = undefined
    afterThought = true
    mayBeOpened = false
    return true
  }

  function readThought(): boolean {
    const tag = tags?.exec(held)
    if (!tag) {
      pass(undecidedFrom(held))
      return false
    }
    pass(tag.index)
    const [text, close, otherClose] = tag
    const next = held.charAt(text.length)
    const mayBeQuoted = /["'`]/u.test(before)
    if (mayBeQuoted && next === '' && !ended) return false
    if (mayBeQuoted && next === before) {
      pass(text.length)
      return true
    }
    if (close !== undefined && depth === 1) {
      closedAlone ||= mayBeOpened
      held = held.slice(text.length)
      return leave()
    }
    if (close !== undefined || otherClose !== undefined) return closeInner(text)
    depth += 1
    pass(text.length)
    return true
  }

  /** Continues after a part of the thought. */
  function pass(length: number): void {
    if (length === 0) return
    if (kept !== undefined) kept += held.slice(0, length)
    before = held.charAt(length - 1)
    held = held.slice(length)
  }

  // A thought may mention a tag, and a model may close it with another one. So text after such a closing tag is held back,
  // until the end or the matching tag.
  function closeInner(tag: string): true {
    if (depth > 1) depth -= 1
    held = held.slice(tag.length)
    before = ''
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
      ended = true
      const read = isPassing() ? '' : readOn()
      const text = read + takeLeading() + (state === 'thought' && kept === undefined ? '' : (kept ?? '') + held)
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
 * Returns a complete text without the thoughts at its beginning. A closing tag without an opening one ends a thought that
 * the server's template has opened.
 */
export function withoutThinking(text: string): string {
  const tags = [...text.matchAll(new RegExp(matcherOf(LONE), 'giu'))]
  const closings = tags.filter(([, close]) => close !== undefined).length
  const filter = createThinkingFilter({ opened: closings > tags.length - closings })
  return filter.write(text) + filter.end()
}
