import { createElement, type ComponentType, type ReactNode } from 'react'
import type { CitationSegment } from '../client/segments.ts'
import { Citation, type CitationProps } from './citation.ts'

/** The props of {@link Citations}. */
export interface CitationsProps extends Pick<CitationProps, 'labels'> {
  /** The marker; `undefined` shows `children`. */
  readonly segment: CitationSegment | undefined
  /** Your own component for each citation. @defaultValue `Citation` */
  readonly as?: ComponentType<CitationProps> | undefined
  /** Shown where there is no marker. */
  readonly children?: ReactNode
}

/**
 * The citations of one marker. In Markdown, it shows the element `cite` of `ragwire/markdown`: pass `citationOf(node)` as
 * `segment`.
 */
export function Citations({ segment, as = Citation, labels, children }: CitationsProps): ReactNode {
  return segment?.citations.map((cited) => createElement(as, { key: cited.citation.index, cited, labels })) ?? children
}
