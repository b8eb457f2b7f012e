import { DocumentError } from '../../documents/document-error.ts'

const MAX_CHARS = 20 * 1024 * 1024
// Each element, attribute or text needs about 2 KB of memory and 10 microseconds.
const MAX_PARTS = 300_000
// The time to parse grows with the square of the depth.
const MAX_DEPTH = 20_000

const RAW = new Set(words('script style title textarea xmp iframe noembed noframes plaintext'))
const VOID = new Set(
  words('area base basefont br col embed frame hr img input keygen link meta param source track wbr'),
)

/** The open elements that an opening tag closes. */
const CLOSED_BY: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['li', ['li']],
  ['tr', ['tr', 'th', 'td']],
  ['th', ['th']],
  ['td', ['thead', 'th', 'td']],
  ['tbody', ['thead', 'tbody']],
  ['tfoot', ['thead', 'tbody']],
  ['dd', ['dt', 'dd']],
  ['dt', ['dt', 'dd']],
  ['option', ['option']],
  ['optgroup', ['optgroup', 'option']],
  ...words(`p h1 h2 h3 h4 h5 h6 address article aside blockquote details div dl fieldset figcaption figure footer form
    header hr main nav ol pre section table ul`).map((name) => [name, ['p']] as const),
])

const NAME = /\/?[a-z][^\s/>]*/iy

/**
 * Checks that the HTML is small enough to be parsed in a few seconds.
 *
 * @throws DocumentError `too-large` or `damaged`
 */
export function checkHtmlSize(html: string, documentId: string): void {
  if (html.length > MAX_CHARS) throw tooLarge(documentId, `${html.length} characters of HTML exceed`, MAX_CHARS)
  const elements = createDepthCounter()
  let parts = countEntities(html)
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at)) {
    const tag = readTag(html, at)
    at = tag.end
    parts += tag.parts
    if (parts > MAX_PARTS) break
    if (tag.name === '') continue
    if (elements.add(tag.name) > MAX_DEPTH) {
      const message = `Cannot read ${documentId}: its elements nest more than ${MAX_DEPTH} deep, or are not closed`
      throw new DocumentError(message, { code: 'damaged' })
    }
    if (RAW.has(tag.name)) at = endOfRaw(html, tag)
  }
  if (parts > MAX_PARTS) throw tooLarge(documentId, 'its elements, attributes and entities exceed', MAX_PARTS)
}

function countEntities(html: string): number {
  let count = 0
  for (let at = html.indexOf('&'); at !== -1; at = html.indexOf('&', at + 1)) count += 1
  return count
}

interface Tag {
  /** In lower case, with `/` if it closes an element; empty for text, a comment or a declaration. */
  readonly name: string
  readonly end: number
  /** The number of nodes that it makes. */
  readonly parts: number
}

function readTag(html: string, start: number): Tag {
  if (html.startsWith('<!--', start)) return { name: '', end: after(html, '-->', start + 4), parts: 1 }
  NAME.lastIndex = start + 1
  const [name] = NAME.exec(html) ?? []
  if (name === undefined) return { name: '', end: start + 1, parts: 1 }
  const { end, spaces } = readAttributes(html, start + 1 + name.length)
  return { name: name.toLowerCase(), end, parts: name.startsWith('/') ? 0 : 1 + spaces }
}

/** Returns the position after the `>` of a tag, which is not in a quoted value. */
function readAttributes(html: string, from: number): { readonly end: number; readonly spaces: number } {
  let spaces = 0
  let isValue = false
  for (let at = from; at < html.length; at++) {
    const character = html[at] ?? ''
    if (character === '>') return { end: at + 1, spaces }
    // A quote opens a value only after an equals sign.
    if (isValue && (character === '"' || character === "'")) at = after(html, character, at + 1) - 1
    const isSpace = character.trim() === ''
    if (!isValue && (isSpace || character === '/')) spaces += 1
    isValue = character === '=' || (isValue && isSpace)
  }
  return { end: html.length, spaces }
}

function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from)
  return at === -1 ? html.length : at + mark.length
}

function endOfRaw(html: string, { name, end }: Tag): number {
  const closing = new RegExp(`</${name}`, 'giu')
  closing.lastIndex = end
  return closing.exec(html)?.index ?? html.length
}

/** Opens and closes elements as the parser does. `add` returns the number of open ones. */
function createDepthCounter(): { add(tag: string): number } {
  const open: string[] = []
  const counts = new Map<string, number>()
  const count = (name: string, by: number): unknown => counts.set(name, (counts.get(name) ?? 0) + by)

  function close(name: string): void {
    if (!counts.get(name)) return
    for (let last = open.pop(); last !== undefined; last = open.pop()) {
      count(last, -1)
      if (last === name) return
    }
  }

  return {
    add(tag) {
      if (tag.startsWith('/')) close(tag.slice(1))
      else {
        const closed = CLOSED_BY.get(tag) ?? []
        for (let last = open.at(-1); last !== undefined && closed.includes(last); last = open.at(-1)) close(last)
        if (!VOID.has(tag)) {
          open.push(tag)
          count(tag, 1)
        }
      }
      return open.length
    },
  }
}

function words(names: string): readonly string[] {
  return names.split(/\s+/u)
}

function tooLarge(documentId: string, what: string, limit: number): DocumentError {
  const message = `Cannot read ${documentId}: ${what} the limit of ${limit}. Split the document`
  return new DocumentError(message, { code: 'too-large' })
}
