// @ts-check
import { make, setPlain } from './dom.js'

/** @import { CheckedCitation } from 'ragwire' */
/** @import { ChatTurn } from 'ragwire/client' */
/** @import { Passage, PassageContent } from './passage.js' */
/** @import { Strings } from './strings.js' */

/** @typedef {ReturnType<typeof createMarker>} Marker */

/** Makes the marker of one citation. It opens the cited passage, and its style shows the support.
 *
 * @param {Passage} passage
 * @param {Strings} strings
 */
export function createMarker(passage, strings) {
  const element = make('button', 'marker')
  element.type = 'button'
  /** @type {CheckedCitation | undefined} */
  let shown
  /** @type {ChatTurn | undefined} */
  let turn
  passage.attach(element, () => shown && turn && contentOf(shown, turn, strings), { opensOnHover: true })

  return {
    element,
    /** Shows a citation, with the outcome of its check. @param {CheckedCitation} citation @param {ChatTurn} latest */
    draw(citation, latest) {
      turn = latest
      if (citation === shown) return
      shown = citation
      const { number, support } = citation
      setPlain(element, `[${number}]`)
      const isDoubtful = support && support !== 'supported'
      element.ariaLabel = strings.source(String(number)) + (isDoubtful ? `, ${strings.supports[support]}` : '')
      if (support) element.dataset['support'] = support
      if (isDoubtful) element.title = strings.verdicts[support]
      passage.refresh(element)
    },
  }
}

/** @param {CheckedCitation} citation @param {ChatTurn} turn @param {Strings} strings @returns {PassageContent | undefined} */
function contentOf({ number, claim, support, passage, reasons = [] }, { result, sourceStates }, strings) {
  const source = result.sources.find((one) => one.number === number)
  if (!source) return undefined
  const verdict =
    support && [strings.verdicts[support], ...reasons.flatMap((reason) => describe(reason, strings))].join(' ')
  const claimChars = claim ? claim.end - claim.start : 0
  return {
    strings,
    claimChars,
    verdict,
    support,
    entries: [{ source, range: passage, state: sourceStates?.[number - 1] }],
  }
}

/** @param {string} reason such as `number:85` @param {Strings} strings @returns {readonly string[]} */
function describe(reason, strings) {
  const [kind = '', ...rest] = reason.split(':')
  if (kind === 'negation') return [strings.negation]
  return rest.length > 0 ? [strings.lacks(kind, rest.join(':'))] : []
}
