/** Cleans the text around markers that are removed. */
export interface StripCleaner {
  /** Adds text; returns what is certain. */
  text(delta: string): string
  /** Removes a marker at this place; returns the text before it that is certain. */
  marker(): string
  /** Ends the text; returns the rest. */
  end(): string
}

/** Maximum of text that is held back before and behind a marker. */
const MAX_HELD_CHARS = 32

/**
 * Creates the cleaner of one answer. With a marker it removes the blank before it, brackets or emphasis around it, and the
 * commas between markers: "hours ([1], [2])." becomes "hours.". The result does not depend on the cuts between the pieces.
 */
export function createStripCleaner(): StripCleaner {
  // The text behind a marker that is not decided, or the end of the text that a marker may remove.
  let held = ''
  // Set behind a marker: the blanks and the opening bracket before it.
  let before: { readonly blank: string; readonly open: string } | undefined
  let atLineStart = true

  function emit(text: string): string {
    if (text !== '') atLineStart = text.endsWith('\n')
    return text
  }

  /** Returns the held text up to the blanks and the opening bracket at its end. */
  function takeCertain(): string {
    const tail = held.slice(-MAX_HELD_CHARS)
    const start = held.length - tail.length + tail.search(MAY_BELONG)
    const certain = held.slice(0, start)
    held = held.slice(start)
    return emit(certain)
  }

  /** Returns the text to keep if the text behind a marker is decided; removes closing brackets of removed ones. */
  function decide(isEnd: boolean): string | undefined {
    for (let behind = before; behind;) {
      const blanks = /^[ \t\u00a0\u3000]*/u.exec(held)?.[0] ?? ''
      const rest = held.slice(blanks.length)
      // At most one blank is kept, so a long run of them needs no room.
      held = (blanks === '' ? '' : ' ') + rest
      const close = CLOSING.get(behind.open) ?? ''
      if (close !== '' && rest.startsWith(close)) {
        behind = { blank: behind.blank, open: '' }
        before = behind
        held = rest.slice(close.length)
        continue
      }
      const isOpen = isGap(rest) || (close !== '' && close.startsWith(rest)) || (blanks !== '' && /^[.:]$/u.test(rest))
      if (isOpen && !isEnd && held.length < MAX_HELD_CHARS) return undefined
      return join(behind, { blanks, rest })
    }
    return ''
  }

  function join(
    { blank, open }: NonNullable<typeof before>,
    { blanks, rest }: { blanks: string; rest: string },
  ): string {
    if (open !== '') return rest === '' ? '' : blank + open + rest.replace(SEPARATOR, '')
    if (rest === '' || (TAKES_NO_BLANK.test(rest) && !(blanks !== '' && /^[.:][\p{L}\p{N}]/u.test(rest)))) return rest
    if (atLineStart) return blank + rest
    return (blank + blanks === '' ? '' : ' ') + rest
  }

  function leaveMarker(isEnd: boolean): string {
    const decided = decide(isEnd)
    if (decided === undefined) return ''
    before = undefined
    held = decided
    return isEnd ? '' : takeCertain()
  }

  return {
    text(delta) {
      held += delta
      return before ? leaveMarker(false) : takeCertain()
    },
    marker() {
      let certain = ''
      if (before) {
        if (GAP.test(held)) held = ''
        else certain = leaveMarker(true)
      }
      if (!before) {
        certain += takeCertain()
        const [, blank = '', open = ''] = /^([ \t\u00a0\u3000]*)(\S*)/u.exec(held) ?? []
        // Half of an opening tag is text.
        before = open === '' || CLOSING.has(open) ? { blank, open } : { blank: '', open: '' }
        if (open !== '' && !CLOSING.has(open)) certain += emit(held)
        held = ''
      }
      return certain
    },
    end() {
      const rest = before ? leaveMarker(true) + held : held
      held = ''
      return emit(rest)
    },
  }
}

const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['（', '）'],
  ['<sup>', '</sup>'],
  ['*', '*'],
  ['**', '**'],
])
// Every beginning of it fits too, so that the result does not depend on the cuts.
const MAY_BELONG = /[ \t\u00a0\u3000]*(?:(?:[(（]|\*\*?|<(?:s(?:up?>?)?)?)[ \t\u00a0\u3000]*)?$/u
const WORDS = ['and', 'und', 'et', '和', '及', '与']
// The text between two markers of a list.
const GAP = new RegExp(`^\\s*[,;，；、&]?\\s*(?:(?:${WORDS.join('|')})\\s*)?$`, 'u')
const SEPARATOR = /^[,;，；、&]?[ \t\u00a0\u3000]*/u
const TAKES_NO_BLANK = /^[.,;:!?…。，；：！？、)\]}）」』”’》〉»\n\r]/u

/** Returns true if the text may become the text between two markers. */
function isGap(rest: string): boolean {
  const inner = rest.replace(/^[,;，；、&]?[ \t\u00a0\u3000]*/u, '')
  return !rest.includes('\n') && (GAP.test(rest) || WORDS.some((word) => word.startsWith(inner)))
}
