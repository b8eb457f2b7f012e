import type { ChatTurn } from '../client/chat-snapshot.ts'
import type { SourceState } from '../core/vocabulary/source-state.ts'
import type { CitedSource } from '../client/segments.ts'

/** The texts of the components. Pass your own as the prop `labels`; English is used for the others. */
export interface Labels {
  /** The accessible name of a citation. @defaultValue such as `Source 1: Title`, with ` (weak)` after a failed check */
  citation(cited: CitedSource): string
  /** Shown before the first word, and while the connection is restored. @defaultValue `Searching…` or `Reconnecting…` */
  status(turn: ChatTurn): string
  /** The name of the list of sources. @defaultValue `Sources` */
  readonly sources: string
  /** The page of a source. @defaultValue such as `p. 3` */
  page(page: number): string
  /** The state of a source whose document has changed since. @defaultValue such as `changed since` */
  state(state: Exclude<SourceState, 'same'>): string
  /** Opens the list of the sources that are not cited. @defaultValue such as `3 more`, or `Sources (3)` if none is cited */
  more(count: number, cited: number): string
}

/** The labels in English. */
export const ENGLISH: Labels = {
  citation: ({ citation: { number, support }, source }) =>
    `Source ${number}: ${source?.title}${support && support !== 'supported' ? ` (${support})` : ''}`,
  status: ({ isReconnecting }) => (isReconnecting ? 'Reconnecting…' : 'Searching…'),
  sources: 'Sources',
  page: (page) => `p. ${page}`,
  state: (state) => `${state} since`,
  more: (count, cited) => (cited > 0 ? `${count} more` : `Sources (${count})`),
}
