import { createElement, type HTMLAttributes, type ReactNode } from 'react'
import type { ChatTurn } from '../client/chat-snapshot.ts'
import { ENGLISH, type Labels } from './labels.ts'
import { sourceEntries, type SourceEntry } from './source-entries.ts'
import { part, placeOf, stateOf, titleOf } from './source-parts.ts'

/** The props of {@link Sources}. All others are passed to its `div`. */
export interface SourcesProps extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  /** The turn. */
  readonly turn: ChatTurn
  /** `cited` leaves the others out, `all` shows them too. @defaultValue the others are behind a disclosure */
  readonly show?: 'cited' | 'all' | undefined
  /** Texts in another language. */
  readonly labels?: Partial<Labels> | undefined
  /** Renders the content of an entry. @defaultValue the title as a link, with the numbers and places of its pieces */
  readonly children?: (entry: SourceEntry) => ReactNode
}

/** The sources of an answer: one entry for each document, the cited ones first. Renders nothing if there is none. */
export function Sources({ turn, show, labels, children, ...props }: SourcesProps): ReactNode {
  const texts = { ...ENGLISH, ...labels }
  const entries = sourceEntries(turn.result).filter(({ isCited }) => isCited || show !== 'cited')
  const count = show === 'all' ? entries.length : entries.filter(({ isCited }) => isCited).length
  const others = entries.length - count

  const list = (shown: readonly SourceEntry[]) =>
    createElement(
      'ul',
      null,
      shown.map((entry) =>
        createElement(
          'li',
          { key: entry.documentId },
          ...(children ? [children(entry)] : contentOf(entry, turn, texts)),
        ),
      ),
    )

  return (
    entries.length > 0 &&
    createElement(
      'div',
      { role: 'group', 'aria-label': texts.sources, ...props },
      count > 0 && list(entries.slice(0, count)),
      others > 0 &&
        createElement(
          'details',
          null,
          createElement('summary', null, texts.more(others, count)),
          list(entries.slice(count)),
        ),
    )
  )
}

function contentOf({ sources }: SourceEntry, turn: ChatTurn, labels: Labels): readonly ReactNode[] {
  // The blanks are for a page without a style sheet, and for copied text.
  return sources.flatMap((source, index) => [
    index === 0 && titleOf(source),
    ' ',
    part('number', `[${source.number}]`),
    ' ',
    placeOf(source, labels),
    ...stateOf(source, turn, labels),
  ])
}
