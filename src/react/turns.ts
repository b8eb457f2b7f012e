import { createElement, Fragment, memo, type ReactNode } from 'react'
import type { ChatTurn } from '../client/chat-snapshot.ts'
import { Answer } from './answer.ts'
import { Sources } from './sources.ts'

/** The props of {@link Turns}. */
export interface TurnsProps {
  /** The turns of `useRagChat`. */
  readonly turns: readonly ChatTurn[]
  /**
   * Renders what follows the question. A function that is the same at each render keeps the turns that have ended from
   * being rendered again. @defaultValue the answer and its sources
   */
  readonly children?: ((turn: ChatTurn) => ReactNode) | undefined
}

/** The turns of a conversation. Each is an `article` with the question as its heading. */
export function Turns({ turns, children = contentOf }: TurnsProps): ReactNode {
  return turns.map((turn) => createElement(Turn, { key: turn.runId, turn, children }))
}

type TurnProps = Required<Pick<TurnsProps, 'children'>> & { readonly turn: ChatTurn }

// A turn that has ended is the same object in each snapshot.
const Turn = /* @__PURE__ */ memo(({ turn, children }: TurnProps) =>
  createElement('article', null, createElement('h2', null, turn.question), children?.(turn)),
)

function contentOf(turn: ChatTurn): ReactNode {
  return createElement(Fragment, null, createElement(Answer, { turn }), createElement(Sources, { turn }))
}
