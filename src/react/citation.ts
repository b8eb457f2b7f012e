import { createElement, useId, type ButtonHTMLAttributes, type ReactNode } from 'react'
import type { CitedSource } from '../client/segments.ts'
import { ENGLISH, type Labels } from './labels.ts'
import { part, placeOf, titleOf } from './source-parts.ts'

/** The props of {@link Citation}. All others are passed to its `button`. */
export interface CitationProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** The citation with its source. */
  readonly cited: CitedSource
  /** Texts in another language. */
  readonly labels?: Partial<Labels> | undefined
}

/**
 * A citation: a button that opens a popover with the source, whose passage is in a `mark`. Both are in a `span`, whose
 * `data-support` has the outcome of the check. The parts of the popover have `data-part`: `title`, `place`, `text`.
 */
export function Citation({ cited, labels, children, ...props }: CitationProps): ReactNode {
  const id = useId()
  const { citation, source } = cited
  const label = children ?? `[${citation.number}]`
  // The source has not come, or is not of this answer.
  if (!source) return label
  const texts = { ...ENGLISH, ...labels }
  const { text } = source
  const { start, end } = citation.passage ?? { start: 0, end: 0 }
  // React 18 and 19 spell this attribute differently.
  const ref = (button: HTMLButtonElement | null) => button?.setAttribute('popovertarget', id)
  return createElement(
    'span',
    { 'data-support': citation.support },
    createElement('button', { type: 'button', 'aria-label': texts.citation(cited), ...props, ref }, label),
    createElement(
      'span',
      { id, popover: 'auto' },
      titleOf(source),
      ' ',
      placeOf(source, texts),
      ' ',
      part(
        'text',
        text.slice(0, start),
        start < end && createElement('mark', null, text.slice(start, end)),
        text.slice(end),
      ),
    ),
  )
}
