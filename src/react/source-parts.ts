import { createElement, type ReactNode } from 'react'
import type { Source } from '../core/vocabulary/sources.ts'
import type { Labels } from './labels.ts'

/** Returns the title of a source, as a link if its URL is one of the web. */
export function linkTo({ title, url }: Pick<Source, 'title' | 'url'>): ReactNode {
  // No other scheme, because `javascript:` runs its URL, and React 18 renders it.
  const isWeb = /^https?:/iu.test(url ?? '')
  // In another tab, because a page that is left loses its answer.
  const link = isWeb && { href: url, target: '_blank', rel: 'noreferrer' }
  return createElement(isWeb ? 'a' : 'span', { 'data-part': 'title', ...link }, title)
}

/** Returns the section and the page of a source. */
export function placeOf({ section = [], location }: Source, { page }: Labels): ReactNode {
  const place = [...section, ...(location?.page === undefined ? [] : [page(location.page)])]
  return place.length > 0 && createElement('span', { 'data-part': 'place' }, place.join(' › '))
}
