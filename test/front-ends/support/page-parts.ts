/** Selectors of the parts of a page. */
export interface PageParts {
  /** The text of an answer. */
  readonly answer: string
  /** A citation in an answer. */
  readonly citation: string
  /** The text of a source, which a citation shows. */
  readonly passage: string
  /** An entry of the list of sources. */
  readonly source: string
  /** The message of a failure. */
  readonly failure: string
  /** The button that asks a failed question again. @defaultValue the page has none */
  readonly again?: string
}

/** The pages whose citations are links to the text of their source. */
export const LINKED_PAGE: PageParts = {
  answer: '.answer',
  citation: '.answer a',
  passage: 'details p',
  source: 'article summary',
  failure: '[role=status]',
  again: 'article button:has-text("Try again")',
}

/** The pages with the components of `ragwire/react`. */
export const REACT_PAGE: PageParts = {
  answer: '[data-status]',
  citation: '[popovertarget]',
  passage: '[popover] [data-part=text]',
  source: '[aria-label=Sources] li',
  failure: '[role=alert]',
}
