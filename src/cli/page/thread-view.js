// @ts-check
import { createThreadList } from 'ragwire/client'
import { find, findHtml, fromTemplate, onPress, setChildren, setText, translate } from './dom.js'
import { addressOf } from './thread.js'

/** @import { ChatStore, ThreadEntry } from 'ragwire/client' */
/** @import { Strings } from './strings.js' */

/** Interval at which the state of other answers is polled, in milliseconds, while there are any. */
const LOOK_AGAIN = 2000
/** Time after the last key before a search begins, in milliseconds. */
const TYPING = 200

/** Shows the conversations of this browser: beside the page if it is wide, else behind a button.
 *
 * @param {HTMLElement} element
 * @param {object} options
 * @param {ChatStore} options.store
 * @param {Strings} options.strings
 * @param {(threadId: string) => void} options.onDelete
 */
export function createThreadView(element, { store, strings, onDelete }) {
  const threads = createThreadList(store)
  const list = find(element, 'ol', HTMLOListElement)
  const search = find(element, '.search', HTMLInputElement)
  const none = findHtml(element, '.none')
  const problem = findHtml(element, '.problem')
  const older = onPress(element, '.older', () => void threads.more())
  const deletion = createDialog(find(element, '#deletion', HTMLDialogElement), 'delete')
  const renaming = createDialog(find(element, '#renaming', HTMLDialogElement), 'rename')
  const titleInput = find(element, '#renaming input', HTMLInputElement)
  /** @type {Map<string, ReturnType<typeof createItem>>} */
  const items = new Map()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let polling
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing

  function draw() {
    const { threads: entries, hasMore, isLoading, error, search: words } = threads.getSnapshot()
    const { threadId: current } = store.getSnapshot()
    const shown = entries.map((entry) => {
      const item = items.get(entry.threadId) ?? createItem(entry.threadId)
      items.set(entry.threadId, item)
      item.draw(entry, entry.threadId === current)
      return item.element
    })
    setChildren(list, shown)
    search.hidden = shown.length === 0 && words === ''
    none.hidden = shown.length > 0 || isLoading
    none.textContent = words ? strings.noMatch : strings.noThreads
    older.hidden = !hasMore
    if (!isLoading) tell(error && strings.listProblem)
    // The store knows the state of the answer that it reads, but not of the others.
    const isRunning = entries.some((entry) => entry.isRunning && entry.threadId !== current)
    // It is drawn at each frame of an answer, which must not defer the next look.
    if (!isRunning || isLoading || polling) return
    polling = setTimeout(() => {
      polling = undefined
      void threads.load()
    }, LOOK_AGAIN)
  }

  /** @param {string | undefined} text */
  function tell(text) {
    problem.hidden = !text
    problem.textContent = text ?? ''
  }

  /** @param {string} threadId @param {string} title */
  async function remove(threadId, title) {
    setText(findHtml(element, '#deletion .title'), title)
    if (!(await deletion.ask())) return
    const item = items.get(threadId)?.element
    const next = item?.nextElementSibling ?? item?.previousElementSibling
    await attempt(async () => {
      await threads.remove(threadId)
      next?.querySelector('a')?.focus()
      onDelete(threadId)
    })
  }

  /** @param {string} threadId @param {string} title */
  async function rename(threadId, title) {
    titleInput.value = title
    const isWanted = renaming.ask()
    titleInput.select()
    const next = (await isWanted) ? titleInput.value.trim() : ''
    if (next && next !== title) await attempt(() => threads.rename(threadId, next))
  }

  /** @param {() => Promise<void>} change */
  async function attempt(change) {
    try {
      await change()
    } catch {
      tell(strings.changeProblem)
    }
  }

  /** @param {string} threadId */
  function createItem(threadId) {
    const item = fromTemplate('thread-template')
    const link = find(item, 'a', HTMLAnchorElement)
    let title = ''
    translate(item, strings)
    link.href = addressOf(threadId)
    const buttons = /** @type {const} */ ([
      [onPress(item, '.rename', () => void rename(threadId, title)), strings.rename],
      [onPress(item, '.delete', () => void remove(threadId, title)), strings.delete],
    ])
    return {
      element: item,
      /** @param {ThreadEntry} thread @param {boolean} isCurrent */
      draw(thread, isCurrent) {
        title = thread.title
        setText(findHtml(link, '.title'), title)
        link.title = title
        link.ariaCurrent = isCurrent ? 'page' : null
        findHtml(link, '.running').hidden = !thread.isRunning
        for (const [button, verb] of buttons) {
          button.ariaLabel = `${verb} “${title}”`
          button.title = verb
        }
      },
    }
  }

  search.addEventListener('input', () => {
    clearTimeout(typing)
    typing = setTimeout(() => void threads.load({ search: search.value.trim() }), TYPING)
  })
  threads.subscribe(draw)
  void threads.load()
  // On a wide page the list is not a popover, and an open popover would stay on top.
  matchMedia('(width >= 64rem)').addEventListener('change', close)

  function close() {
    if (element.matches(':popover-open')) element.hidePopover()
  }

  return {
    draw,
    close,
    /** True while the list or its dialog handles the keyboard. */
    isOpen: () => element.matches(':popover-open') || deletion.isOpen() || renaming.isOpen(),
  }
}

/** Makes a dialog that asks before something is done.
 *
 * @param {HTMLDialogElement} dialog
 * @param {string} yes the value of the button that agrees
 */
function createDialog(dialog, yes) {
  dialog.querySelector('.cancel')?.addEventListener('click', () => dialog.close())
  return {
    isOpen: () => dialog.open,
    /** Resolves with true if the reader agrees. @returns {Promise<boolean>} */
    ask() {
      // A dialog that is closed by Escape keeps its previous return value.
      dialog.returnValue = ''
      dialog.showModal()
      return new Promise((resolve) => {
        dialog.addEventListener('close', () => resolve(dialog.returnValue === yes), { once: true })
      })
    },
  }
}
