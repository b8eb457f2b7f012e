// @ts-check
import { find, findHtml, onPress } from './dom.js'

/** @import { ChatSnapshot, ChatStore, ChatTurn } from 'ragwire/client' */

/** The form of the question, which is also where the last question is edited.
 *
 * @param {HTMLFormElement} form
 * @param {object} options
 * @param {ChatStore} options.store
 * @param {(question: string, replaces?: string) => void} options.ask
 */
export function createComposer(form, { store, ask }) {
  const input = find(form, '#question', HTMLTextAreaElement)
  const sendButton = find(form, '#send', HTMLButtonElement)
  const stopButton = onPress(form, '#stop', () => void store.stop())
  const banner = findHtml(form, '#editing')
  onPress(banner, 'button', () => edit(undefined))
  /** @type {string | undefined} the run whose question is edited */
  let edited
  let draft = ''

  /** Puts the question of a turn into the form; without a turn, puts back what was there before.
   *
   * @param {ChatTurn | undefined} turn
   * @returns {boolean} true if a question was being edited
   */
  function edit(turn) {
    const wasEdited = edited !== undefined
    if (turn && !wasEdited) draft = input.value
    if (turn || wasEdited) input.value = turn ? turn.question : draft
    edited = turn?.runId
    banner.hidden = !turn
    if (turn || wasEdited) input.focus()
    return wasEdited
  }

  function isRunning() {
    const { status } = store.getSnapshot()
    return status === 'submitted' || status === 'streaming'
  }

  form.addEventListener('submit', (submit) => {
    submit.preventDefault()
    const question = input.value.trim()
    if (isRunning() || store.getSnapshot().isLoading || !question) return input.focus()
    const replaces = edited
    draft = ''
    edit(undefined)
    input.value = ''
    ask(question, replaces)
  })

  input.addEventListener('keydown', (key) => {
    if (key.key !== 'Enter' || key.shiftKey || isComposing(key)) return
    key.preventDefault()
    form.requestSubmit()
  })

  /** Returns true while a word is composed, as in Chinese and Japanese: Enter then accepts it and Escape cancels it. For
   * the key that ends a composition, Safari sets only the code 229.
   *
   * @param {KeyboardEvent} key
   */
  function isComposing(key) {
    return key.isComposing || key.keyCode === 229
  }

  return {
    edit,
    isComposing,
    focus: () => input.focus(),
    /** @param {ChatSnapshot} snapshot */
    draw({ status }) {
      const running = status === 'submitted' || status === 'streaming'
      stopButton.hidden = !running
      sendButton.hidden = running
    },
  }
}
