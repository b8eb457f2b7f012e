import type { SkippedDocument } from '../../knowledge.ts'

const MOST_NAMED = 3
// Images and archives are usual in a folder of documents: they are counted, and are no problem.
const COUNTED: ReadonlySet<string> = new Set(['unsupported', 'not-text'])

/** Returns true for a file that is left out because it is no document, such as an image. */
export function isLeftOut({ code }: { readonly code?: string | undefined }): boolean {
  return code !== undefined && COUNTED.has(code)
}

/** Returns the files that were skipped as lines: one for each reason, or one for each file if `isVerbose`. */
export function describeSkipped(skipped: readonly SkippedDocument[], isVerbose = false): readonly string[] {
  if (isVerbose) return skipped.map(({ message }) => `Skipped: ${message}`)
  const others = skipped.filter(isLeftOut)
  const problems = Map.groupBy(
    skipped.filter((document) => !isLeftOut(document)),
    ({ code }) => code,
  )
  const lines = [...problems].flatMap(([code, documents]) => {
    const named = documents.slice(0, MOST_NAMED).map(({ message }) => `Skipped: ${message}`)
    const more = documents.length - named.length
    return more > 0 ? [...named, `Skipped: ${more} more for the same reason (${code}); --verbose names them`] : named
  })
  return others.length > 0 ? [...lines, describeLeftOut(others)] : lines
}

/** Returns the files that are left out as one line, with their number by extension. */
export function describeLeftOut(documents: readonly Pick<SkippedDocument, 'documentId'>[]): string {
  return `Left out: ${counted(documents.length)} that no loader reads${kinds(documents)}`
}

function counted(count: number): string {
  return count === 1 ? '1 file' : `${count} files`
}

/** Returns the extensions of the files with their numbers, such as ` (300 .png, 100 .jpg)`. */
function kinds(documents: readonly Pick<SkippedDocument, 'documentId'>[]): string {
  const byExtension = Map.groupBy(documents, ({ documentId }) => /\.[^./]+$/u.exec(documentId)?.[0].toLowerCase() ?? '')
  const sorted = [...byExtension].toSorted(([, a], [, b]) => b.length - a.length)
  const named = sorted.slice(0, MOST_NAMED).map(([extension, { length }]) => `${length} ${extension || 'without one'}`)
  return ` (${[...named, ...(sorted.length > MOST_NAMED ? ['and others'] : [])].join(', ')})`
}
