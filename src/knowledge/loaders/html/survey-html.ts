import { visitNodes, type HtmlNode } from './html-nodes.ts'
import { LEVEL_ATTRIBUTE } from './write-html.ts'

/** Facts about a document. */
export interface HtmlSurvey {
  /** The text of its `title`. */
  readonly title?: string | undefined
  /** False if the search for the article would take too long. */
  readonly isSafeToSearch: boolean
}

// The search compares elements with their ancestors: 3,000 nested elements took it two minutes, and 200 a few milliseconds.
const DEEPEST_SEARCH = 150
const MOST_ELEMENTS = 30_000
const MOST_ATTRIBUTES = 200

/** Finds the title, marks each heading with its level, and tells if the document is small enough to search. */
export function surveyHtml(document: HtmlNode): HtmlSurvey {
  let [title, isTitle, depth, elements, isSafe] = ['', false, 0, 0, true]
  visitNodes(document, {
    enter(element, name) {
      elements += 1
      depth += 1
      isSafe &&= depth <= DEEPEST_SEARCH && elements <= MOST_ELEMENTS && countAttributes(element) <= MOST_ATTRIBUTES
      if (name === 'svg') {
        depth -= 1
        return false
      }
      isTitle = name === 'title' && title.trim() === ''
      if (/^h[1-6]$/u.test(name)) element.setAttribute?.(LEVEL_ATTRIBUTE, name.slice(1))
      return true
    },
    leave() {
      depth -= 1
      isTitle = false
    },
    text(value) {
      if (isTitle) title += value
    },
  })
  return { title: title.replace(/[\s\u00A0]+/gu, ' ').trim() || undefined, isSafeToSearch: isSafe }
}

function countAttributes(element: HtmlNode): number {
  return element.attributes?.length ?? 0
}
