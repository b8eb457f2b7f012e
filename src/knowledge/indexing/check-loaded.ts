import { describeValue } from '../../core/options/expect-options.ts'
import { isRecord } from '../../core/options/plain-object.ts'
import { DocumentError } from '../documents/document-error.ts'
import type { LoadedDocument } from '../documents/loaded-document.ts'

const KINDS: readonly unknown[] = ['heading', 'prose', 'verbatim']
const PLACES: readonly unknown[] = [undefined, 'page', 'words', 'lines']

type Fields = Readonly<Record<string, unknown>>

/** Names the document and its loader in messages. */
export interface LoadedFrom {
  /** Id of the document. */
  readonly documentId: string
  /** Its media type. */
  readonly mediaType: string
}

/**
 * Checks what a loader returned: an offset outside of the text would move every citation behind it.
 *
 * @throws DocumentError `damaged` that names the part
 */
export function checkLoaded(loaded: unknown, { documentId, mediaType }: LoadedFrom): LoadedDocument {
  const wrong: Wrong = (what) =>
    new DocumentError(`Cannot index ${documentId}: the loader for ${mediaType} returned ${what}`, { code: 'damaged' })
  if (!isLoaded(loaded)) throw wrong('no text')
  const { text, title, blocks, pages, place } = loaded
  if (title !== undefined && typeof title !== 'string') throw wrong(`${describeValue(title)} as the title`)
  if (!PLACES.includes(place)) throw wrong(`an unknown place; use 'page', 'words' or 'lines'`)
  const whole = { from: 0, to: text.length, wrong }
  let from = 0
  for (const [at, block] of itemsOf(blocks, 'blocks', wrong)) {
    if (!KINDS.includes(block['kind'])) throw wrong(`${at} of an unknown kind; use 'heading', 'prose' or 'verbatim'`)
    const { start, end } = checkRange(block, at, { ...whole, from })
    if (!isCount(block['textStart'], start) || block['textStart'] > end)
      throw wrong(`${at} with a textStart outside of it`)
    if (!isCount(block['level'], 0)) throw wrong(`${at} with a level that is not a whole number from 0`)
    from = end
  }
  from = 0
  for (const [at, page] of itemsOf(pages, 'pages', wrong)) {
    from = checkRange(page, at, { ...whole, from }).end
    if (!isCount(page['number'], 1)) throw wrong(`${at} with a number that is not a whole number from 1`)
    for (const [here, rectangle] of itemsOf(page['rectangles'] ?? 0, `${at}.rectangles`, wrong)) {
      checkRange(rectangle, here, whole)
      const isFinite = ['x', 'y', 'width', 'height'].every((side) => Number.isFinite(rectangle[side]))
      if (!isFinite) throw wrong(`${here} with a side that is not a finite number`)
    }
  }
  return loaded
}

type Wrong = (what: string) => DocumentError

interface Range {
  readonly wrong: Wrong
  readonly from: number
  readonly to: number
}

function isLoaded(value: unknown): value is LoadedDocument {
  return isRecord(value) && typeof value['text'] === 'string'
}

function* itemsOf(list: unknown, name: string, wrong: Wrong): Generator<readonly [string, Fields]> {
  if (list === undefined) return
  if (!Array.isArray(list)) throw wrong(`${name} that are not a list`)
  for (const [index, item] of list.entries()) {
    const at = `${name}[${index}]`
    if (!isRecord(item)) throw wrong(`${describeValue(item)} as ${at}`)
    yield [at, item]
  }
}

function checkRange({ start, end }: Fields, at: string, { from, to, wrong }: Range): Offsets {
  if (isCount(start, from) && isCount(end, start) && end <= to) return { start, end }
  throw wrong(`${at} from ${String(start)} to ${String(end)}, which must be within ${from} and ${to}`)
}

interface Offsets {
  readonly start: number
  readonly end: number
}

function isCount(value: unknown, from: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= from
}
