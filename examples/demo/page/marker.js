// @ts-check
import { findSupport } from './find-support.js'

/** @import { CheckedCitation, PartialChatResult, Support } from 'ragwire' */
/** @import { Passage } from './passage.js' */

/** @type {Record<Support, string>} */
const VERDICTS = {
  supported: 'The passage covers this sentence.',
  weak: 'The passage covers this sentence only in part.',
  unsupported: 'The passage does not cover this sentence.',
}

/** Makes the marker of one citation. It opens the cited passage, and its style shows the support.
 *
 * @param {CheckedCitation} citation
 * @param {Passage} passage
 */
export function createMarker(citation, passage) {
  const { number } = citation
  const element = document.createElement('button')
  element.type = 'button'
  element.className = 'marker'
  element.textContent = `[${number}]`
  element.ariaLabel = `Source ${number}`
  /** @type {Support | undefined} */
  let shown
  /** @type {Pick<PartialChatResult, 'answer' | 'sources'>} */
  let result = { answer: '', sources: [] }
  passage.attach(element, () => contentOf(citation, result))

  return {
    element,
    /** Shows the result of its check. @param {CheckedCitation} checked @param {PartialChatResult} latest */
    draw(checked, latest) {
      citation = checked
      result = latest
      const { support } = checked
      if (!support || support === shown) return
      shown = support
      element.dataset['support'] = support
      if (support !== 'supported') {
        element.title = VERDICTS[support]
        element.ariaLabel = `Source ${number}, ${support}`
      }
      passage.refresh(element)
    },
  }
}

/** @param {CheckedCitation} citation @param {Pick<PartialChatResult, 'answer' | 'sources'>} result */
function contentOf({ number, claim, support, reasons = [] }, { answer, sources }) {
  const source = sources.find((source) => source.number === number)
  if (!source) return undefined
  const sentence = claim && support !== 'unsupported' ? answer.slice(claim.start, claim.end) : ''
  const verdict = support ? [VERDICTS[support], ...reasons.flatMap(describeReason)].join(' ') : ''
  return { source, support, verdict, range: findSupport(source.text, sentence) }
}

/** @param {string} reason such as `number:85` @returns {readonly string[]} empty for a reason without a value */
function describeReason(reason) {
  const [kind = '', ...rest] = reason.split(':')
  const value = rest.join(':')
  if (kind === 'negation') return ['Only one of them says “not”.']
  return value ? [`It lacks the ${kind} “${value}”.`] : []
}
