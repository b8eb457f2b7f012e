import { findRectangles } from '../../src/knowledge/documents/find-rectangles.ts'
import type { LoadedDocument, Rectangle } from '../../src/knowledge/documents/loaded-document.ts'
import type { PageRectangle, PrintedSentence } from './print-pdf.ts'

/** The figures of a document, as numbers of sentences. */
export interface LocatedSentences {
  readonly sentences: number
  /** Their words are in the text, one after the other, and their rectangles are the right ones. */
  readonly located: number
  /** They have a rectangle on a page on which they are not. */
  readonly onWrongPage: number
  /** Sentences whose words are not in the text, or whose rectangles are wrong. */
  readonly lost: readonly string[]
}

/** Part of a true rectangle that the found ones must cover, and part of the found ones that must be in a true one. */
const COVERED = 0.6

/** Looks each sentence of a printed document up in the text that was loaded, and compares the rectangles. */
export function locateSentences(document: LoadedDocument, printed: readonly PrintedSentence[]): LocatedSentences {
  const { letters, offsets } = lettersOf(document.text)
  const lost: string[] = []
  let [at, onWrongPage] = [0, 0]
  for (const { text, rectangles: truth } of printed) {
    const sentence = lettersOf(text.normalize('NFC')).letters
    const next = letters.indexOf(sentence, at)
    const index = next === -1 ? letters.indexOf(sentence) : next
    if (index === -1) {
      lost.push(text)
      continue
    }
    at = index + sentence.length
    const end = (offsets[at - 1] ?? 0) + 1
    const found = rectanglesOf(document, offsets[index] ?? 0, end)
    if (found.some(({ page }) => truth.every((other) => other.page !== page))) onWrongPage += 1
    if (!covers(found, truth) || !covers(truth, found)) lost.push(`RECTANGLES ${text}`)
  }
  return { sentences: printed.length, located: printed.length - lost.length, onWrongPage, lost }
}

function rectanglesOf({ text, pages = [] }: LoadedDocument, start: number, end: number): readonly PageRectangle[] {
  return pages
    .filter((page) => page.start < end && start < page.end)
    .flatMap(({ number, rectangles }) =>
      findRectangles(rectangles, { text, start, end }).map((rectangle) => ({ page: number, ...rectangle })),
    )
}

/** Returns the characters of a text without blanks, and the offset of each. */
function lettersOf(text: string): { readonly letters: string; readonly offsets: readonly number[] } {
  const offsets = Array.from(text.matchAll(/\S/g), ({ index }) => index)
  return { letters: offsets.map((offset) => text[offset]).join(''), offsets }
}

/** Returns true if the first rectangles cover most of each of the others. */
function covers(rectangles: readonly PageRectangle[], others: readonly PageRectangle[]): boolean {
  return others.every((other) => {
    const covered = rectangles.reduce((sum, rectangle) => sum + overlap(rectangle, other), 0)
    return rectangles.length > 0 && covered >= COVERED * other.width * other.height
  })
}

function overlap(a: PageRectangle, b: PageRectangle): number {
  if (a.page !== b.page) return 0
  const common = (low: keyof Rectangle, size: keyof Rectangle): number =>
    Math.max(0, Math.min(a[low] + a[size], b[low] + b[size]) - Math.max(a[low], b[low]))
  return common('x', 'width') * common('y', 'height')
}
