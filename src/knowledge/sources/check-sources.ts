import { isRecord } from '../../core/options/plain-object.ts'
import { wrongType } from '../../core/options/validate.ts'
import type { Source } from '../../core/vocabulary/sources.ts'
import type { SourceState } from '../../core/vocabulary/source-state.ts'
import { collapsed, documentText } from './document-text.ts'
import type { SourceLookup } from './source-lookup.ts'

/** The part of a source that is compared with the index. */
export type CheckedSource = Pick<Source, 'documentId' | 'text' | 'location' | 'revision'>

/** Compares sources of an earlier answer with the index of now. Returns a state per source, in order. */
export async function checkSources(
  sources: readonly CheckedSource[],
  { store, scopes, signal }: SourceLookup,
): Promise<readonly SourceState[]> {
  expectSources(sources)
  const { revision } = await store.state({ signal })
  const texts = new Map<string, Promise<readonly DocumentText[]>>()
  const textsOf = (documentId: string): Promise<readonly DocumentText[]> => {
    const known = texts.get(documentId) ?? readTexts(documentId)
    texts.set(documentId, known)
    return known
  }
  async function readTexts(documentId: string): Promise<readonly DocumentText[]> {
    const found = await Promise.all(scopes.map((scope) => store.document({ scope, documentId }, { signal })))
    return found.flatMap((document) => (document ? [toDocumentText(documentText(document.chunks))] : []))
  }
  return Promise.all(
    sources.map(async (source) => {
      if (source.revision === revision) return 'same'
      return best((await textsOf(source.documentId)).map((text) => stateIn(text, source)))
    }),
  )
}

/** The text of a document. Many sources may be of one document, so that it is collapsed once. */
interface DocumentText {
  readonly text: string
  readonly collapsed: string
}

function toDocumentText(text: string): DocumentText {
  return { text, collapsed: collapsed(text) }
}

function expectSources(sources: unknown): void {
  if (!Array.isArray(sources)) throw wrongType('sources', 'a list of sources', sources)
  for (const [index, source] of sources.entries()) {
    if (isRecord(source) && typeof source['documentId'] === 'string' && typeof source['text'] === 'string') continue
    throw wrongType(`sources[${index}]`, 'a source with documentId and text', source)
  }
}

function stateIn(document: DocumentText, { text: quoted, location }: CheckedSource): SourceState {
  const expected = collapsed(quoted)
  const { start, end } = location ?? {}
  if (start !== undefined && end !== undefined && collapsed(document.text.slice(start, end)) === expected) return 'same'
  if (!document.collapsed.includes(expected)) return 'changed'
  return start === undefined ? 'same' : 'moved'
}

/** Two scopes may have a document with one id: the source came from the one that fits it best. */
function best(states: readonly SourceState[]): SourceState {
  return (['same', 'moved', 'changed'] as const).find((state) => states.includes(state)) ?? 'gone'
}
