// @ts-check
import { setChildren } from './dom.js'
import { follow, followFromNow } from './follow.js'
import { createTurnView } from './turn.js'

/** @import { ChatSnapshot, ChatTurn } from 'ragwire/client' */
/** @import { TurnOptions, TurnView } from './turn.js' */

/** Shows the turns of a conversation. A turn that has not changed is not drawn again.
 *
 * @param {HTMLElement} list
 * @param {TurnOptions} options
 */
export function createConversation(list, options) {
  /** @type {Map<string, TurnView>} by the run and its question, which may come later */
  let views = new Map()

  return {
    /** @param {ChatSnapshot} snapshot */
    draw({ turns, isLoading }) {
      const isNew = turns.length > 0 && !views.has(keyOf(turns.at(-1)))
      const shown = turns.map((turn) => {
        const known = views.get(keyOf(turn))
        const view = known ?? createTurnView(turn, options)
        if (!known || view.turn !== turn) view.draw(turn, { isLive: known !== undefined })
        return /** @type {const} */ ([keyOf(turn), view])
      })
      views = new Map(shown)
      setChildren(
        list,
        shown.map(([, { element }]) => element),
      )
      if (isNew && !isLoading) followFromNow()
      else follow()
    },
  }
}

/** @param {ChatTurn | undefined} turn */
function keyOf(turn) {
  return `${turn?.runId} ${turn?.question}`
}
