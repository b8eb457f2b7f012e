import { createElement, Fragment, useCallback, useId, type ButtonHTMLAttributes, type ReactElement } from 'react'
import type { CitedSource } from '../client/segments.ts'
import { ENGLISH, type Labels } from './labels.ts'
import { linkTo, placeOf } from './source-parts.ts'

/** The props of {@link Citation}. All others are passed to its `button`. */
export interface CitationProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** The citation with its source. */
  readonly cited: CitedSource
  /** Texts in another language. */
  readonly labels?: Partial<Labels> | undefined
}

/**
 * A citation: a button that opens a popover with the source, whose passage is in a `mark`. `data-support` on both has the
 * outcome of the check. The parts of the popover have `data-part`: `title`, `place`, `text`.
 */
export function Citation({ cited, labels, children, ...props }: CitationProps): ReactElement {
  const { citation, source } = cited
  const { number, support, passage } = citation
  const id = useId()
  // React 18 and 19 spell this attribute differently.
  const attach = useCallback((button: HTMLButtonElement | null) => button?.setAttribute('popovertarget', id), [id])
  const label = children ?? `[${number}]`
  // Its source has not come, or is not of this answer.
  if (!source) return createElement('span', null, label)
  const texts = { ...ENGLISH, ...labels }
  const { text } = source
  const { start, end } = passage && 0 <= passage.start && passage.start < passage.end ? passage : { start: 0, end: 0 }
  return createElement(
    Fragment,
    null,
    createElement(
      'button',
      { type: 'button', 'aria-label': texts.citation(cited), 'data-support': support, ref: attach, ...props },
      label,
    ),
    createElement(
      'span',
      { id, popover: 'auto', 'data-support': support },
      linkTo(source),
      placeOf(source, texts),
      createElement(
        'span',
        { 'data-part': 'text' },
        text.slice(0, start),
        end > 0 && createElement('mark', null, text.slice(start, end)),
        text.slice(end),
      ),
    ),
  )
}
