// @ts-check
import { createActions } from './actions.js'
import { createAnswer } from './answer.js'
import { findHtml, fromTemplate, make, setPlain, setText, translate } from './dom.js'
import { createMarker } from './marker.js'
import { showLegend, showSources } from './sources.js'
import { describeFailure, languageOf, stringsIn } from './strings.js'
import { createWaiting } from './waiting.js'

/** @import { ChatStore, ChatTurn } from 'ragwire/client' */
/** @import { Passage } from './passage.js' */
/** @import { Strings } from './strings.js' */

/** @typedef {ReturnType<typeof createTurnView>} TurnView */

/** The parts of the page that a turn uses.
 *
 * @typedef {object} TurnOptions
 * @property {ChatStore} store
 * @property {Passage} passage
 * @property {(text: string) => void} announce tells a screen reader
 * @property {(turn: ChatTurn) => void} onEdit
 */

/** From so many characters on, a question does not stay in view while its answer scrolls. */
const LONG_QUESTION = 160

/** Shows one turn, in the language of its question. Texts of the server are set as text, never as HTML.
 *
 * @param {ChatTurn} first
 * @param {TurnOptions} options
 */
export function createTurnView(first, options) {
  const { store, passage, announce } = options
  const element = fromTemplate('turn-template')
  const status = findHtml(element, '.status')
  const strings = stringsIn(languageOf(first.question))
  const answerElement = findHtml(element, '.answer')
  const answer = createAnswer(answerElement, () => createMarker(passage, strings))
  const actions = createActions(element, { ...options, strings, current: () => turn })
  let turn = first
  let announced = ''

  translate(element, strings)
  element.lang = languageOf(first.question)
  element.toggleAttribute('data-long', first.question.length > LONG_QUESTION)
  setText(findHtml(element, '.question'), first.question)
  answerElement.lang = element.lang

  const waiting = createWaiting({
    show(seconds) {
      // A turn that is no longer on the page may still be running.
      if (!element.isConnected) waiting.stop()
      else if (!turn.isStopping && !turn.isReconnecting) status.textContent = `${waitsFor()} ${seconds} s`
    },
    announce(seconds) {
      if (element.isConnected && !turn.isStopping) announce(`${waitsFor()} ${seconds}${strings.seconds}`)
    },
  })

  function waitsFor() {
    return stateOf(turn) === 'writing' ? strings.waiting : strings.phases[turn.phase ?? 'retrieving']
  }

  /** Tells a screen reader about each phase once, and the whole answer at its end. */
  function say() {
    const ending = turn.status === 'done' ? `${endOf(turn, strings)}. ${answerElement.innerText}` : ''
    const text = ending || (stateOf(turn) === 'ended' ? sentenceOf(turn, strings) : statusOf(turn, strings))
    if (text === announced || turn.isStopping) return
    announced = text
    announce(text)
  }

  function drawEnd() {
    const { result } = turn
    showSources(findHtml(element, '.sources'), turn, { passage, strings })
    showLegend(findHtml(element, '.legend'), result, strings)
    const warnings = result.warnings.map(({ code, message }) => strings.warnings[code] ?? message + strings.period)
    const list = findHtml(element, '.warnings')
    list.replaceChildren(...[...new Set(warnings)].map((text) => make('li', '', text)))
    list.hidden = warnings.length === 0
  }

  function drawFailure() {
    const failure = findHtml(element, '.failure')
    failure.hidden = stateOf(turn) !== 'ended' || turn.status === 'done'
    if (failure.hidden) return
    findHtml(failure, 'p').textContent = sentenceOf(turn, strings)
    const remedies = remediesOf(turn, store, strings).map(({ label, act }) => {
      const button = make('button', '', label)
      button.type = 'button'
      button.addEventListener('click', () => void act())
      return button
    })
    findHtml(failure, '.remedies').replaceChildren(...remedies)
  }

  return {
    element,
    get turn() {
      return turn
    },

    /** Shows the latest state. @param {ChatTurn} latest @param {{ readonly isLive: boolean }} options */
    draw(latest, { isLive }) {
      turn = latest
      const { result } = turn
      const state = stateOf(turn)
      element.dataset['state'] = state
      setPlain(status, statusOf(turn, strings))
      const query = findHtml(element, '.query')
      query.hidden = !result.query?.condensed
      if (result.query) query.replaceChildren(strings.condensed, setText(make('q', ''), result.query.query))
      answer.draw(turn)
      drawFailure()
      actions.draw(turn)
      if (state === 'ended') {
        waiting.stop()
        drawEnd()
      } else waiting.restart()
      if (isLive) say()
    },
  }
}

/** @param {ChatTurn} turn @returns {'searching' | 'writing' | 'ended'} */
function stateOf({ status, phase }) {
  if (status === 'submitted') return phase === 'generating' ? 'writing' : 'searching'
  return status === 'streaming' ? 'writing' : 'ended'
}

/** @param {ChatTurn} turn @param {Strings} strings */
function statusOf(turn, strings) {
  const { isReconnecting, isStopping, phase = 'retrieving', status, result } = turn
  if (status === 'done') return endOf(turn, strings)
  if (stateOf(turn) === 'ended') return result.answer ? strings.brokenOff : strings.noAnswer
  if (isReconnecting) return strings.reconnecting
  if (isStopping) return strings.stopping
  return strings.phases[stateOf(turn) === 'writing' ? 'generating' : phase]
}

/** @param {ChatTurn} turn @param {Strings} strings */
function endOf({ result: { finishReason = 'stop', timings } }, { ends, done }) {
  return ends[finishReason] ?? done(((timings?.total ?? 0) / 1000).toFixed(1))
}

/** @param {ChatTurn} turn @param {Strings} strings */
function sentenceOf({ error }, strings) {
  return describeFailure(error ?? { code: 'disconnected', message: '', retryable: true }, strings)
}

/** Returns the buttons of a failure: to follow or stop the answer that blocks this one, to read on, or to ask again.
 *
 * @param {ChatTurn} turn @param {ChatStore} store @param {Strings} strings
 */
function remediesOf({ runId, error }, store, { askAgain, tryAgain, showIt, stopAndAsk }) {
  const blocking = error?.code === 'thread-busy' ? error.runId : undefined
  if (blocking !== undefined) {
    const stopIt = async () => {
      const run = store.client.follow({ runId: blocking })
      // The conversation is free when that answer has ended.
      await run
        .stop()
        .then(
          () => Array.fromAsync(run),
          () => {},
        )
        .catch(() => {})
      await store.regenerate(runId)
    }
    return [
      { label: showIt, act: () => store.resume(blocking) },
      { label: stopAndAsk, act: stopIt },
    ]
  }
  const isUnread = !error || error.code === 'disconnected' || error.code === 'unreachable'
  if (isUnread) return [{ label: tryAgain, act: () => store.resume(runId) }]
  return [{ label: askAgain, act: () => store.regenerate(runId) }]
}
