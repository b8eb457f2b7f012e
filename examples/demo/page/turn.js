// @ts-check
import { find, fromTemplate, setLanguage, setText } from './dom.js'
import { createMarkerReader } from './markers.js'
import { createSources } from './sources.js'

/** @import { ChatEvent, DoneEvent, ErrorEvent, Phase } from 'ragwire' */

/** @type {Record<Phase, string>} */
const PHASES = {
  condensing: 'Understanding the question…',
  retrieving: 'Searching the documents…',
  reranking: 'Choosing the best passages…',
  generating: 'Writing…',
}

/**
 * One question on the page and what comes of it. Texts of the server are only ever set as text.
 *
 * @param {string} question
 * @param {object} options
 * @param {number} options.id tells the turns of the page apart
 * @param {(text: string) => void} options.announce says something to a screen reader
 * @param {() => void} options.askAgain
 */
export function createTurn(question, { id, announce, askAgain }) {
  const element = fromTemplate('turn-template')
  const status = find(element, '.status', HTMLElement)
  const sources = createSources(find(element, '.sources', HTMLElement), `turn-${id}`)
  const answer = find(element, '.answer', HTMLElement)
  const failure = find(element, '.failure', HTMLElement)
  /** @type {HTMLElement | undefined} the piece of code that is being written */
  let code
  const reader = createMarkerReader(addText, addMarker)

  setText(find(element, '.question', HTMLElement), question)
  setLanguage(answer, question)
  find(failure, 'button', HTMLButtonElement).addEventListener('click', askAgain)
  setState('searching', PHASES.retrieving)

  /** @param {'searching' | 'writing' | 'ended'} state @param {string} text @param {string} [spoken] */
  function setState(state, text, spoken = text) {
    if (status.textContent !== text) announce(spoken)
    element.dataset['state'] = state
    status.textContent = text
  }

  /**
   * What stands between backticks is shown as code.
   *
   * @param {string} text
   */
  function addText(text) {
    text.split('`').forEach((piece, index) => {
      if (index > 0) code = code ? undefined : answer.appendChild(document.createElement('code'))
      if (piece) (code ?? answer).append(piece)
    })
  }

  /** @param {number} number */
  function addMarker(number) {
    if (code) code.append(`[${number}]`)
    else answer.append(sources.createMarker(number))
  }

  /** @param {string} message */
  function fail(message) {
    reader.end()
    find(failure, 'p', HTMLElement).textContent = message
    failure.hidden = false
    setState('ended', answer.textContent ? 'Broken off' : 'No answer', message)
  }

  return {
    element,
    fail,
    stop() {
      reader.end()
      setState('ended', 'Stopped')
    },
    hasEnded: () => element.dataset['state'] === 'ended',

    /** @param {ChatEvent} event */
    show(event) {
      switch (event.type) {
        case 'status':
          return setState(event.phase === 'generating' ? 'writing' : 'searching', PHASES[event.phase])
        case 'source':
          return sources.add(event.source)
        case 'token':
          return reader.push(event.delta)
        case 'done':
          reader.end()
          return setState('ended', describeEnd(event), `${describeEnd(event)}. ${answer.textContent}`)
        case 'error':
          return fail(describeError(event))
        default:
        // The other types are not shown here, and later versions of the protocol may add some.
      }
    },
  }
}

/** @param {DoneEvent} done */
function describeEnd({ finishReason, timings }) {
  switch (finishReason) {
    case 'abort':
      return 'Stopped'
    case 'no-evidence':
      return 'Nothing found in the documents'
    case 'length':
      return 'Cut at the length limit'
    case 'content-filter':
      return 'Withheld by the filter of the model'
    default:
      return `Done in ${(timings.total / 1000).toFixed(1)} s`
  }
}

/** @param {ErrorEvent} error */
function describeError({ message, retryAfterMs }) {
  return retryAfterMs ? `${message}. Try again in ${Math.ceil(retryAfterMs / 1000)} s.` : `${message}.`
}
