/** The tags around a thought, as sources of regular expressions. */
export interface Tag {
  /** The opening tag, with attributes. */
  readonly open: string
  /** The closing tag. */
  readonly close: string
  /** The opening tag inside of a thought, which is recognised only if it is short. */
  readonly inner: string
}

// The tags around thoughts, by vendor, if the server does not remove the thoughts.
const NAMES: readonly string[] = [
  'think',
  'thinking',
  'thought',
  'thoughts',
  'reasoning',
  'seed:think',
  'antthinking',
  'scratchpad',
  'reflection',
  'thought_process',
  'chain_of_thought',
  'inner_monologue',
]

const FIXED: readonly (readonly [open: string, close: string])[] = [
  ['◁think▷', '◁/think▷'],
  ['[THINK]', '[/THINK]'],
  ['<|think|>', '<|/think|>'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|channel|>analysis<|message|>', '<|channel|>final<|message|>'],
  ['<|channel>thought', '<channel|>'],
  ['<unused94>', '<unused95>'],
  ['<details type="reasoning"', '</details>'],
]

const MAX_ATTRIBUTE_CHARS = 200

const MAX_INNER_BLANKS = 4

const ATTRIBUTES = String.raw`(?:\/|\s[^<>]{0,${MAX_ATTRIBUTE_CHARS}})?`

const BLANKS = String.raw`\s{0,${MAX_INNER_BLANKS}}`

/** All pairs of tags. */
const TAGS: readonly Tag[] = [
  ...NAMES.map((name) => ({
    open: `<${name}${ATTRIBUTES}>`,
    close: `</${name}${BLANKS}>`,
    inner: `<${name}${BLANKS}>`,
  })),
  ...FIXED.map(([open, close]) => ({ open: escape(open), close: escape(close), inner: escape(open) })),
]

/** The tags of thoughts that the server's template may open. `</details>` is left out, as it has other uses. */
export const LONE: readonly Tag[] = TAGS.filter(({ close }) => close !== '</details>')

/** Matches each opening tag at the start of a text. */
export const OPENS: readonly { readonly tag: Tag; readonly pattern: RegExp }[] = TAGS.map((tag) => ({
  tag,
  pattern: new RegExp(`^${tag.open}`, 'iu'),
}))

/** Matches a closing tag of {@link LONE} at the start of a text. */
export const CLOSES: RegExp = new RegExp(`^(?:${anyOf(LONE.map(({ close }) => close))})`, 'iu')

const IN_ATTRIBUTES = new RegExp(String.raw`^<\/?(?:${anyOf(NAMES)})${ATTRIBUTES}$`, 'iu')

const STARTS_OF_TAGS = [...NAMES.flatMap((name) => [`<${name}>`, `</${name}>`]), ...FIXED.flat()].map((tag) =>
  tag.toLowerCase(),
)

// Maximum length of a tag in a thought.
const LONGEST = Math.max(...STARTS_OF_TAGS.map((tag) => tag.length)) + MAX_INNER_BLANKS

const STARTS = /[<◁[]/u

// Created once for all answers: a regular expression takes some kilobytes.
const matchers = new Map<string, RegExp>()

/** Matches the next tag. Closing tags are group 1; closing tags of a thought of another name are group 2. */
export function matcherOf(tags: readonly Tag[]): RegExp {
  const key = tags.map(({ close }) => close).join(' ')
  const known = matchers.get(key) ?? makeMatcher(tags)
  matchers.set(key, known)
  return known
}

function makeMatcher(tags: readonly Tag[]): RegExp {
  const own = tags.map(({ close }) => close)
  const others = LONE.map(({ close }) => close).filter((close) => !own.includes(close))
  const other = others.length > 0 ? `(${anyOf(others)})` : '(?!)()'
  return new RegExp(`(${anyOf(own)})|${other}|${anyOf(tags.map(({ inner }) => inner))}`, 'iu')
}

function anyOf(sources: readonly string[]): string {
  return sources.join('|')
}

function escape(text: string): string {
  return text.replaceAll(/[[\]|]/gu, String.raw`\$&`)
}

/** Returns false if no tag begins with the first character of a text; a cheap test for the text of most answers. */
export function mayBeginWithTag(text: string): boolean {
  return text === '' || STARTS.test(text.charAt(0))
}

/** Returns true if a text may be the first part of a tag. */
export function mayBecomeTag(text: string): boolean {
  const lower = text.toLowerCase()
  return STARTS_OF_TAGS.some((tag) => tag.startsWith(lower)) || IN_ATTRIBUTES.test(text)
}

/** Returns the position of the part that may be the first half of a tag. */
export function undecidedFrom(text: string): number {
  const from = Math.max(0, text.length - LONGEST + 1)
  const start = text.slice(from).search(STARTS)
  return start === -1 ? text.length : from + start
}
