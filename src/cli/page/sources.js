// @ts-check
import { find, make, setText } from './dom.js'
import { linkTo } from './passage.js'

/** @import { PartialChatResult, Source, SourceState, Support } from 'ragwire' */
/** @import { ChatTurn } from 'ragwire/client' */
/** @import { Passage } from './passage.js' */
/** @import { Strings } from './strings.js' */

/** Shows the sources of an answer: a chip for each document that it cites, and all others behind a button.
 *
 * @param {HTMLElement} element
 * @param {ChatTurn} turn
 * @param {{ readonly passage: Passage, readonly strings: Strings }} options
 */
export function showSources(element, { result: { sources, citations }, sourceStates = [] }, { passage, strings }) {
  const cited = new Set(citations.map(({ number }) => number))
  const [list, others] = element.querySelectorAll('ul')
  const more = find(element, '.more', HTMLButtonElement)
  const rest = sources.filter(({ number }) => !cited.has(number))
  const chips = (/** @type {readonly Source[]} */ some) =>
    [...Map.groupBy(some, ({ documentId }) => documentId).values()].map((group) => {
      const entries = group.map((source) => ({ source, state: sourceStates[source.number - 1] }))
      return toChip(entries, { passage, strings })
    })
  list?.replaceChildren(...chips(sources.filter(({ number }) => cited.has(number))))
  others?.replaceChildren(...chips(rest))
  more.hidden = rest.length === 0
  more.textContent = cited.size > 0 ? strings.more(rest.length) : strings.found(rest.length)
  more.ariaExpanded = String(others?.hidden === false)
  // Not another listener, because an answer is drawn again when it is rated.
  more.onclick = () => {
    if (others) others.hidden = !others.hidden
    more.ariaExpanded = String(others?.hidden === false)
  }
  element.hidden = sources.length === 0
}

/** Makes the chip of some passages of one document.
 *
 * @param {readonly { readonly source: Source, readonly state: SourceState | undefined }[]} entries
 * @param {{ readonly passage: Passage, readonly strings: Strings }} options
 */
function toChip(entries, { passage, strings }) {
  const sources = entries.map(({ source }) => source)
  const chip = make('li', 'chip')
  const button = make('button', '')
  button.type = 'button'
  const numbers = sources.map(({ number }) => number).join(', ')
  const title = sources[0]?.title ?? ''
  const section = unique(sources.map((source) => source.section?.at(-1)))
  const pages = unique(sources.map(({ location }) => location?.page && strings.page(location.page)))
  const state = unique(entries.map((entry) => wordOf(entry.state, strings)))
  button.append(make('span', 'visually-hidden', strings.source('')), make('span', 'number', numbers), ' ')
  button.append(setText(make('span', 'title'), title), ' ')
  if (section) button.append(setText(make('span', 'section'), section), ' ')
  if (pages) button.append(make('span', 'pages', pages), ' ')
  if (state) button.append(make('span', 'state', state))
  button.title = [title, section, pages].filter(Boolean).join(' › ')
  passage.attach(button, () => ({ strings, entries }))
  chip.append(button)
  const url = sources.find((source) => source.url)?.url
  if (url) {
    const link = linkTo(url, strings)
    link.ariaLabel = `${strings.openDocument}: ${title}`
    link.append('↗')
    chip.append(link)
  }
  return chip
}

/** @param {readonly (string | undefined | 0)[]} words */
function unique(words) {
  return [...new Set(words.filter(Boolean))].join(', ')
}

/** @param {SourceState | undefined} state @param {Strings} strings */
function wordOf(state, { states }) {
  return state === undefined || state === 'same' ? undefined : states[state]
}

/** Explains the marks that an answer has.
 *
 * @param {HTMLElement} element
 * @param {PartialChatResult} result
 * @param {Strings} strings
 */
export function showLegend(element, { citations }, { supports }) {
  const shown = /** @type {readonly Support[]} */ (Object.keys(supports)).filter((support) =>
    citations.some((citation) => citation.support === support),
  )
  const marks = shown.map((support) => {
    const mark = make('span', 'mark', '[n]')
    mark.dataset['support'] = support
    mark.ariaHidden = 'true'
    const entry = make('span', '')
    entry.append(mark, ` ${supports[support]}`)
    return entry
  })
  element.replaceChildren(...marks)
  element.hidden = shown.length === 0
}
