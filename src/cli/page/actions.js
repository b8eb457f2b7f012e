// @ts-check
import { find, findHtml, onPress } from './dom.js'

/** @import { Rating, PartialChatResult } from 'ragwire' */
/** @import { ChatStore, ChatTurn } from 'ragwire/client' */
/** @import { Strings } from './strings.js' */

/** Connects the buttons of a turn: edit, copy, answer again, and feedback with a comment.
 *
 * @param {HTMLElement} element of the turn
 * @param {object} options
 * @param {() => ChatTurn} options.current returns the turn
 * @param {ChatStore} options.store
 * @param {Strings} options.strings
 * @param {(text: string) => void} options.announce
 * @param {(turn: ChatTurn) => void} options.onEdit
 */
export function createActions(element, { current, store, strings, announce, onEdit }) {
  const note = findHtml(element, '.note')
  const form = find(element, '.comment', HTMLFormElement)
  const input = find(form, 'input', HTMLInputElement)
  const ratings = /** @type {const} */ (['up', 'down'])
  const buttons = ratings.map((rating) => onPress(element, `.${rating}`, () => void toggle(rating)))

  /** Shows a sentence beside the buttons. @param {string} text */
  function tell(text) {
    note.textContent = text
    announce(text)
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(textOf(current().result, strings))
      tell(strings.copied)
    } catch {
      tell(strings.copyProblem)
    }
  }

  /** @param {Rating} rating */
  async function toggle(rating) {
    const isGiven = current().feedback?.rating === rating
    input.value = ''
    await rate(isGiven ? undefined : { rating })
    form.hidden = current().feedback === undefined
    if (!form.hidden) input.focus()
  }

  /** @param {{ readonly rating: Rating, readonly comment?: string } | undefined} feedback */
  async function rate(feedback) {
    try {
      await store.rate(current().runId, feedback)
      tell(feedback ? strings.thanks : '')
    } catch {
      tell(strings.changeProblem)
    }
  }

  form.addEventListener('submit', (submit) => {
    submit.preventDefault()
    const { feedback } = current()
    const comment = input.value.trim()
    form.hidden = true
    buttons.find(({ ariaPressed }) => ariaPressed === 'true')?.focus()
    if (feedback && comment) void rate({ rating: feedback.rating, comment })
  })
  form.addEventListener('keydown', (key) => {
    if (key.key !== 'Escape' || key.isComposing) return
    key.stopPropagation()
    form.hidden = true
    buttons.find(({ ariaPressed }) => ariaPressed === 'true')?.focus()
  })
  onPress(element, '.edit', () => onEdit(current()))
  onPress(element, '.again', () => void store.regenerate(current().runId))
  // Missing on a page that comes over plain HTTP from another machine.
  const copyButton = onPress(element, '.copy', () => void copy())

  return {
    /** @param {ChatTurn} turn */
    draw({ feedback, result }) {
      buttons.forEach((button, index) => (button.ariaPressed = String(feedback?.rating === ratings[index])))
      copyButton.hidden = result.answer === '' || !('clipboard' in navigator)
    },
  }
}

/** Returns an answer with the list of the sources that it cites, as text. @param {PartialChatResult} result @param {Strings} strings */
function textOf({ answer, citations, sources }, { page }) {
  const cited = new Set(citations.map(({ number }) => number))
  const lines = sources
    .filter(({ number }) => cited.has(number))
    .map(({ number, title, section = [], location, url }) => {
      const place = [title, ...section, ...(location?.page === undefined ? [] : [page(location.page)])].join(' › ')
      return `[${number}] ${[place, url].filter(Boolean).join(' - ')}`
    })
  return [answer, lines.join('\n')].filter(Boolean).join('\n\n')
}
