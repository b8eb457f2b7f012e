import { createElement, type HTMLAttributes, type ReactElement, type ReactNode } from 'react'
import type { ChatTurn } from '../client/chat-snapshot.ts'
import { segments } from '../client/segments.ts'
import { Citations, type CitationsProps } from './citations.ts'
import { ENGLISH } from './labels.ts'
import { isRunning } from './is-running.ts'

/** The props of {@link Answer}. All others are passed to its `div`. */
export interface AnswerProps
  extends Omit<HTMLAttributes<HTMLDivElement>, 'children'>, Pick<CitationsProps, 'as' | 'labels'> {
  /** The turn. */
  readonly turn: ChatTurn
  /** Renders the text in another form, such as Markdown. @defaultValue text with citations */
  readonly children?: (turn: ChatTurn) => ReactNode
}

/**
 * The answer of a turn as text with its citations, what it waits for, and the error if it failed. White space is as in the answer: style it
 * with `white-space: pre-wrap`. `data-status` has the status of the turn.
 */
export function Answer({ turn, as, labels, children, ...props }: AnswerProps): ReactElement {
  return createElement(
    'div',
    // A screen reader reads the answer when it has ended, not each token.
    { 'aria-live': 'polite', 'aria-busy': isRunning(turn), 'data-status': turn.status, ...props },
    children
      ? children(turn)
      : segments(turn.result).map((segment, key) =>
          segment.type === 'text' ? segment.text : createElement(Citations, { key, segment, as, labels }),
        ),
    (turn.isReconnecting || turn.status === 'submitted') &&
      createElement('p', { 'data-part': 'status' }, { ...ENGLISH, ...labels }.status(turn)),
    turn.error && createElement('p', { role: 'alert' }, turn.error.message),
  )
}
