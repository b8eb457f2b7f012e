// @ts-check
import { EMPTY_RESULT, reduceEvent } from 'ragwire'
import { createAnswer } from './answer.js'
import { find, fromTemplate, setLanguage, setText } from './dom.js'
import { createSources } from './sources.js'
import { createWaiting } from './waiting.js'

/** @import { ChatEvent, ChatResult, ErrorEvent, PartialChatResult, Phase } from 'ragwire' */
/** @import { Passage } from './passage.js' */

/** @typedef {ReturnType<typeof createTurn>} Turn */

/** The button that is shown with a failure.
 *
 * @typedef {object} Remedy
 * @property {string} label
 * @property {() => void} act
 */

/** @type {Record<Phase, string>} */
const PHASES = {
  condensing: 'Understanding the question…',
  retrieving: 'Searching the documents…',
  reranking: 'Choosing the best passages…',
  generating: 'Writing…',
}

/** Shows one question and its answer: live from its events, or at once from the stored result. Both are drawn from a
 * result, so that they look the same. Texts of the server are always set as text, never as HTML.
 *
 * @param {string} question
 * @param {object} options
 * @param {Passage} options.passage
 * @param {(text: string) => void} options.announce tells a screen reader
 */
export function createTurn(question, { passage, announce }) {
  const element = fromTemplate('turn-template')
  const status = find(element, '.status', HTMLElement)
  const query = find(element, '.query', HTMLElement)
  const text = find(element, '.answer', HTMLElement)
  const failure = find(element, '.failure', HTMLElement)
  const remedyButton = find(failure, 'button', HTMLButtonElement)
  const sources = createSources(find(element, '.sources', HTMLElement))
  const answer = createAnswer(text, passage)
  let result = EMPTY_RESULT
  /** @type {Phase} */
  let phase = 'retrieving'
  let announced = ''
  let isStopping = false
  let isDisconnected = false
  let isQuiet = false
  /** @type {(() => void) | undefined} */
  let act

  const waiting = createWaiting({
    show(seconds) {
      // A turn that is no longer on the page may still be active.
      if (!element.isConnected) return waiting.stop()
      if (isStopping || isDisconnected) return
      isQuiet = true
      status.textContent = `${waitsFor()} ${seconds} s`
    },
    announce(seconds) {
      if (!isStopping && !isDisconnected && element.isConnected) announce(`${waitsFor()} ${seconds} seconds`)
    },
  })

  remedyButton.addEventListener('click', () => act?.())
  showQuestion(question)
  proceed()

  /** @param {string} asked */
  function showQuestion(asked) {
    question = asked
    setText(find(element, '.question', HTMLElement), question)
    setLanguage(text, question)
  }

  /** @param {PartialChatResult} latest */
  function draw(latest) {
    result = latest
    query.hidden = !result.query?.condensed
    if (result.query) setText(find(query, 'q', HTMLElement), result.query.query)
    sources.draw(result.sources)
    answer.draw(result)
  }

  function waitsFor() {
    return phase === 'generating' ? 'Waiting for the model…' : PHASES[phase]
  }

  /** @param {'searching' | 'writing' | 'ended'} state @param {string} text */
  function setState(state, text) {
    isQuiet = false
    if (state === 'ended') waiting.stop()
    else waiting.restart()
    element.dataset['state'] = state
    status.textContent = text
  }

  /** Shows the current phase. */
  function proceed() {
    failure.hidden = true
    setState(phase === 'generating' ? 'writing' : 'searching', isStopping ? 'Stopping…' : PHASES[phase])
  }

  /** @param {string} message @param {Remedy} remedy */
  function showFailure(message, remedy) {
    find(failure, 'p', HTMLElement).textContent = message
    remedyButton.textContent = remedy.label
    act = remedy.act
    isStopping = false
    failure.hidden = false
    setState('ended', result.answer ? 'Broken off' : 'No answer')
  }

  /** @param {string} message @param {Remedy} remedy */
  function fail(message, remedy) {
    showFailure(message, remedy)
    announce(message)
  }

  /** @param {Phase} next */
  function enter(next) {
    phase = next
    proceed()
    if (announced !== PHASES[phase]) announce(PHASES[phase])
    announced = PHASES[phase]
  }

  return {
    element,
    fail,
    proceed,
    get question() {
      return question
    },
    hasEnded: () => element.dataset['state'] === 'ended',

    /** @param {boolean} stopping true if the reader has asked to stop */
    setStopping(stopping) {
      isStopping = stopping
      proceed()
    },

    reconnect() {
      status.textContent = 'The connection is lost. Connecting again…'
      if (!isDisconnected) announce(status.textContent)
      isDisconnected = true
    },

    /** @param {ChatEvent} event @param {Remedy} remedy for an event that reports a failure */
    show(event, remedy) {
      if (isDisconnected || isQuiet) proceed()
      else waiting.restart()
      isDisconnected = false
      draw(reduceEvent(result, event))
      if (event.type === 'query' && !question) showQuestion(event.question)
      if (event.type === 'status') enter(event.phase)
      if (event.type === 'error') fail(describeError(event), remedy)
      if (event.type === 'done') {
        setState('ended', describeEnd(event))
        announce(`${describeEnd(event)}. ${text.textContent}`)
      }
    },

    /** @param {ChatResult} stored @param {Remedy} remedy for a result that reports a failure */
    restore(stored, remedy) {
      draw(stored)
      if (stored.finishReason === 'error') showFailure(describeFailure(stored), remedy)
      else setState('ended', describeEnd(stored))
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

/** Describes a stored failure; earlier versions of the server did not store its message. @param {ChatResult} stored */
function describeFailure({ error }) {
  return error ? `This answer failed: ${error.message}.` : 'This answer failed.'
}

/** @param {ErrorEvent} error */
function describeError({ message, retryAfterMs }) {
  return retryAfterMs ? `${message}. Try again in ${Math.ceil(retryAfterMs / 1000)} s.` : `${message}.`
}
