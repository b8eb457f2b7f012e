import { createElement, type ReactElement, type ReactNode } from 'react'
import type { ChatTurn } from '../client/chat-snapshot.ts'
import type { Source } from '../core/vocabulary/sources.ts'
import type { Labels } from './labels.ts'

/** Makes a part of a component, with a name for the style sheet. */
export function part(name: string, ...content: readonly ReactNode[]): ReactElement {
  return createElement('span', { 'data-part': name }, ...content)
}

/** Returns the title of a source, as a link if its URL is one of the web. */
export function titleOf({ title, url }: Source): ReactElement {
  // No other scheme, because `javascript:` runs its URL, and React 18 renders it.
  const isWeb = /^https?:/iu.test(String(url))
  // In another tab, because a page that is left loses its answer.
  return part('title', isWeb ? createElement('a', { href: url, target: '_blank', rel: 'noreferrer' }, title) : title)
}

/** Returns the state of a source whose document has changed since the answer, after a blank; nothing for the others. */
export function stateOf({ number }: Source, { sourceStates }: ChatTurn, labels: Labels): readonly ReactNode[] {
  const state = sourceStates?.[number - 1]
  return state && state !== 'same' ? [' ', part('state', labels.state(state))] : []
}

/** Returns the section and the page of a source. */
export function placeOf({ section = [], location }: Source, { page }: Labels): ReactNode {
  const place = [...section, location?.page && page(location.page)].filter(Boolean).join(' › ')
  return place && part('place', place)
}
