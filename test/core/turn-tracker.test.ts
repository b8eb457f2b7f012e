import { expect, it } from 'vitest'
import { createTurnTracker, type TurnTrackerOptions } from '../../src/core/turn/turn-tracker.ts'
import { manualClock } from '../../src/testing.ts'

it('C2: gives the last words of a long answer after each token, without a copy of all of it', () => {
  const chat = { clock: manualClock(), countTokens: () => 0, answerSource: { kind: 'model' }, hooks: {} }
  const tracker = createTurnTracker({
    chat,
    input: { runId: 'r', messageId: 'm' },
    onErrorEvent() {},
  } as unknown as TurnTrackerOptions)
  tracker.toEvent(tracker.firstOutput())
  // With a copy for each, this would be 100 GB.
  for (let at = 0; at < 1_000_000; at += 5) {
    tracker.toEvent({ type: 'token', delta: 'piece', at })
    expect(tracker.textOf(at, at + 5)).toBe('piece')
  }
  expect(tracker.resultOf({ finishReason: 'stop' }).answer).toBe('piece'.repeat(200_000))
})
