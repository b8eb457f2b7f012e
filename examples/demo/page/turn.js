// @ts-check
import { EMPTY_RESULT, reduceEvent } from 'ragwire'
import { createAnswer } from './answer.js'
import { find, fromTemplate, setLanguage, setText } from './dom.js'
import { createSources } from './sources.js'

/** @import { ChatEvent, ChatResult, ErrorEvent, PartialChatResult, Phase } from 'ragwire' */
/** @import { Passage } from './passage.js' */

/** @type {Record<Phase, string>} */
const PHASES = {
  condensing: 'Understanding the question…',
  retrieving: 'Searching the documents…',
  reranking: 'Choosing the best passages…',
  generating: 'Writing…',
}

/**
 * One question on the page and what comes of it: live from its events, or at once from the result that was stored.
 * Both are drawn from a result, so that they look the same. Texts of the server are only ever set as text.
 *
 * @param {string} question
 * @param {object} options
 * @param {Passage} options.passage
 * @param {(text: string) => void} options.announce says something to a screen reader
 * @param {() => void} options.askAgain
 */
export function createTurn(question, { passage, announce, askAgain }) {
  const element = fromTemplate('turn-template')
  const status = find(element, '.status', HTMLElement)
  const query = find(element, '.query', HTMLElement)
  const text = find(element, '.answer', HTMLElement)
  const failure = find(element, '.failure', HTMLElement)
  const sources = createSources(find(element, '.sources', HTMLElement))
  const answer = createAnswer(text, passage)
  let result = EMPTY_RESULT
  /** @type {Phase | undefined} */
  let phase

  setText(find(element, '.question', HTMLElement), question)
  setLanguage(text, question)
  find(failure, 'button', HTMLButtonElement).addEventListener('click', askAgain)
  setState('searching', PHASES.retrieving)

  /** @param {PartialChatResult} latest */
  function draw(latest) {
    result = latest
    query.hidden = !result.query?.condensed
    if (result.query) setText(find(query, 'q', HTMLElement), result.query.query)
    sources.draw(result.sources)
    answer.draw(result)
  }

  /** @param {'searching' | 'writing' | 'ended'} state @param {string} text */
  function setState(state, text) {
    element.dataset['state'] = state
    status.textContent = text
  }

  /** @param {string} message */
  function showFailure(message) {
    find(failure, 'p', HTMLElement).textContent = message
    failure.hidden = false
    setState('ended', result.answer ? 'Broken off' : 'No answer')
  }

  /** @param {string} message */
  function fail(message) {
    showFailure(message)
    announce(message)
  }

  /** @param {Phase} next */
  function enter(next) {
    if (next !== phase) announce(PHASES[next])
    phase = next
    setState(phase === 'generating' ? 'writing' : 'searching', PHASES[phase])
  }

  return {
    element,
    fail,
    stop() {
      setState('ended', 'Stopped')
      announce('Stopped')
    },
    hasEnded: () => element.dataset['state'] === 'ended',

    /** @param {ChatEvent} event */
    show(event) {
      draw(reduceEvent(result, event))
      if (event.type === 'status') enter(event.phase)
      if (event.type === 'error') fail(describeError(event))
      if (event.type === 'done') {
        setState('ended', describeEnd(event))
        announce(`${describeEnd(event)}. ${text.textContent}`)
      }
    },

    /** @param {ChatResult | undefined} stored nothing where the server ended before the answer */
    restore(stored) {
      if (stored) draw(stored)
      if (stored && stored.finishReason !== 'error') setState('ended', describeEnd(stored))
      else showFailure('This answer failed.')
    },
  }
}

/** @param {ChatResult} result */
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
