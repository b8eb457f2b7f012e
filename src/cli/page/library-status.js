// @ts-check

/** @import { Strings } from './strings.js' */

/** @typedef {{ documents: number, indexing?: { done: number, total: number } }} Status */

/** Time between two looks at the index while it is made, in milliseconds. */
const EVERY_MS = 1_000

/** Shows the number of documents and the model, and the progress while the index is made.
 *
 * @param {readonly HTMLElement[]} elements @param {Strings} strings
 */
export function showLibraryStatus(elements, strings) {
  const { status = '{}', model = '' } = document.body.dataset
  draw(JSON.parse(status))

  /** @param {Status} status */
  function draw({ documents, indexing }) {
    const state = indexing ? strings.indexing(indexing.done, indexing.total) : strings.documents(documents)
    for (const element of elements) {
      element.textContent = state + strings.comma + model
      element.title = element.textContent
    }
    if (indexing) setTimeout(() => void look(), EVERY_MS)
  }

  async function look() {
    try {
      const response = await fetch('status')
      if (response.ok) draw(await response.json())
    } catch {
      // The server has ended. A question will say so.
    }
  }
}
