import { createElement, Fragment, type HTMLAttributes, type ReactElement, type ReactNode } from 'react'
import type { ChatTurn } from '../client/chat-snapshot.ts'
import { ENGLISH, type Labels } from './labels.ts'
import { sourceEntries, type SourceEntry } from './source-entries.ts'
import { linkTo, placeOf } from './source-parts.ts'

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
export function Sources({ turn, show, labels, children, ...props }: SourcesProps): ReactElement | null {
  const texts = { ...ENGLISH, ...labels }
  const entries = sourceEntries(turn.result)
  const isShown = ({ isCited }: SourceEntry) => isCited || show === 'all'
  const first = entries.filter(isShown)
  const rest = show === 'cited' ? [] : entries.filter((entry) => !isShown(entry))
  if (first.length + rest.length === 0) return null

  const listOf = (shown: readonly SourceEntry[]) =>
    shown.length > 0 &&
    createElement(
      'ul',
      null,
      shown.map((entry) =>
        createElement('li', { key: entry.documentId }, children ? children(entry) : contentOf(entry, texts)),
      ),
    )

  return createElement(
    'div',
    { role: 'group', 'aria-label': texts.sources(), ...props },
    listOf(first),
    rest.length > 0 &&
      createElement(
        'details',
        null,
        createElement('summary', null, texts.more(rest.length, first.length)),
        listOf(rest),
      ),
  )
}

function contentOf({ sources }: SourceEntry, labels: Labels): ReactElement {
  const pieces = sources.map((source) =>
    createElement(
      'span',
      { key: source.number, 'data-part': 'piece' },
      ` [${source.number}] `,
      placeOf(source, labels),
    ),
  )
  return createElement(Fragment, null, linkTo(sources[0]), pieces)
}
