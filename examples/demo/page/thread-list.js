// @ts-check
import { deleteThread, listRuns, listThreads } from './api.js'
import { find, fromTemplate, setText } from './dom.js'
import { addressOf, currentThread } from './thread.js'

/** @import { ThreadSummary } from 'ragwire' */

/** Interval at which the state of other answers is polled, in milliseconds, while there are any. */
const LOOK_AGAIN = 2000

/** Shows the conversations of this browser: beside the page if it is wide, else behind a button.
 *
 * @param {HTMLElement} element
 * @param {object} options
 * @param {(threadId: string) => void} options.onDelete
 */
export function createThreadList(element, { onDelete }) {
  const list = find(element, 'ol', HTMLOListElement)
  const none = find(element, '.none', HTMLElement)
  const problem = find(element, '.problem', HTMLElement)
  const olderButton = find(element, '.older', HTMLButtonElement)
  const deletion = createDeletion(find(element, 'dialog', HTMLDialogElement), (threadId) => void remove(threadId))
  /** @type {Map<string, ReturnType<typeof createItem>>} */
  const items = new Map()
  let pages = 1
  let refreshes = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer

  /** Loads and shows the current list. */
  async function refresh() {
    const refreshing = ++refreshes
    clearTimeout(timer)
    try {
      const [runs, { threads, before }] = await Promise.all([listRuns(), listPages(pages)])
      // A newer refresh has begun meanwhile.
      if (refreshing !== refreshes) return
      const running = new Set(runs.map(({ threadId }) => threadId))
      draw(threads, running)
      olderButton.hidden = before === undefined
      problem.hidden = true
      // This page knows the state of the answer that it reads, but not of the others.
      running.delete(currentThread())
      if (running.size > 0) timer = setTimeout(refresh, LOOK_AGAIN)
    } catch {
      problem.hidden = refreshing !== refreshes
    }
  }

  /** @param {readonly ThreadSummary[]} threads @param {ReadonlySet<string | undefined>} running */
  function draw(threads, running) {
    const elements = threads.map((thread) => {
      const item = items.get(thread.threadId) ?? createItem(thread.threadId, deletion.ask)
      items.set(thread.threadId, item)
      item.draw(thread, running.has(thread.threadId))
      return item.element
    })
    none.hidden = elements.length > 0
    if (elements.length === list.children.length && elements.every((one, index) => one === list.children[index])) return
    const focused = document.activeElement
    list.replaceChildren(...elements)
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus({ preventScroll: true })
  }

  /** @param {string} threadId */
  async function remove(threadId) {
    const item = items.get(threadId)?.element
    try {
      await deleteThread(threadId)
    } catch {
      problem.hidden = false
      return
    }
    const next = item?.nextElementSibling ?? item?.previousElementSibling
    item?.remove()
    items.delete(threadId)
    next?.querySelector('a')?.focus()
    onDelete(threadId)
    await refresh()
  }

  olderButton.addEventListener('click', () => {
    pages += 1
    void refresh()
  })
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void refresh()
  })
  // On a wide page the list is not a popover, and an open popover would stay on top.
  matchMedia('(width >= 64rem)').addEventListener('change', close)

  function close() {
    if (element.matches(':popover-open')) element.hidePopover()
  }

  return {
    refresh: () => void refresh(),
    close,
    /** True while the list or its dialog handles the keyboard. */
    isOpen: () => element.matches(':popover-open') || deletion.isOpen(),
  }
}

/** @param {number} pages */
async function listPages(pages) {
  let { threads, before } = await listThreads()
  for (let page = 2; page <= pages && before !== undefined; page++) {
    const next = await listThreads(before)
    threads = [...threads, ...next.threads]
    before = next.before
  }
  return { threads, before }
}

/** @param {string} threadId @param {(threadId: string, title: string) => void} askToDelete */
function createItem(threadId, askToDelete) {
  const element = fromTemplate('thread-template')
  const link = find(element, 'a', HTMLAnchorElement)
  const button = find(element, 'button', HTMLButtonElement)
  let title = ''
  link.href = addressOf(threadId)
  button.addEventListener('click', () => askToDelete(threadId, title))

  return {
    element,
    /** @param {ThreadSummary} thread @param {boolean} isRunning */
    draw(thread, isRunning) {
      title = thread.title
      setText(find(link, '.title', HTMLElement), title)
      button.ariaLabel = `Delete “${title}”`
      link.title = title
      link.ariaCurrent = threadId === currentThread() ? 'page' : null
      find(link, '.running', HTMLElement).hidden = !isRunning
    },
  }
}

/** Asks for confirmation before a conversation is deleted.
 *
 * @param {HTMLDialogElement} dialog
 * @param {(threadId: string) => void} onYes
 */
function createDeletion(dialog, onYes) {
  let asked = ''
  dialog.addEventListener('close', () => dialog.returnValue === 'delete' && onYes(asked))

  return {
    isOpen: () => dialog.open,
    /** @param {string} threadId @param {string} title */
    ask(threadId, title) {
      asked = threadId
      setText(find(dialog, '.title', HTMLElement), title)
      // A dialog that is closed by Escape keeps its previous return value.
      dialog.returnValue = ''
      dialog.showModal()
    },
  }
}
