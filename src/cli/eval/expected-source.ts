import { relative, resolve, sep } from 'node:path'
import { nearestName } from '../../core/options/nearest-name.ts'

/** A document or a page that a question expects. */
export interface ExpectedSource {
  /** Id of the document. */
  readonly documentId: string
  /** The page, from 1; null if every page is right. */
  readonly page: number | null
}

/** The documents that expected sources are looked up in. */
export interface DocumentIds {
  /** Absolute path of the folder that the ids are relative to. */
  readonly folder: string
  /** The folder that paths on the command line are relative to. */
  readonly cwd: string
  /** The ids in the index. */
  readonly ids: ReadonlySet<string>
}

const PAGE = /^(?<name>.+)#page=(?<page>[1-9]\d*)$/u

/** Returns the document or page that a text names: by its id, or by its path from the current folder. */
export function toExpectedSource(name: string, documents: DocumentIds): ExpectedSource {
  const { groups } = PAGE.exec(name) ?? {}
  if (groups && !documents.ids.has(name)) {
    return { documentId: toDocumentId(groups['name'] ?? '', documents), page: Number(groups['page']) }
  }
  return { documentId: toDocumentId(name, documents), page: null }
}

/** Returns the warning for an expected source that is not in the index; undefined if it is there. */
export function warningOf(name: string, documents: DocumentIds): string | undefined {
  const { documentId } = toExpectedSource(name, documents)
  if (documents.ids.has(documentId)) return undefined
  const fileName = documentId.split('/').at(-1) ?? documentId
  const ids = [...documents.ids]
  const nearest = ids.find((id) => id.split('/').at(-1) === fileName) ?? nearestName(documentId, ids)
  return `The expected source "${name}" is not in the index${nearest === undefined ? '' : `: did you mean "${nearest}"?`}`
}

function toDocumentId(name: string, { folder, cwd, ids }: DocumentIds): string {
  if (ids.has(name)) return name
  const fromHere = relative(folder, resolve(cwd, name)).split(sep).join('/')
  // File systems write accents in two forms.
  const forms = [name, fromHere, name.normalize('NFC'), fromHere.normalize('NFC'), fromHere.normalize('NFD')]
  return forms.find((form) => ids.has(form)) ?? name
}
