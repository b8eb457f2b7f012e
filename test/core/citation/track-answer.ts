import { createClaimTracker, type ClaimTracker } from '../../../src/core/citation/claim-tracker.ts'

/** Creates a tracker, with the answer that it has got so far. */
export function trackAnswer(): ClaimTracker {
  let answer = ''
  const tracker = createClaimTracker((start, end) => answer.slice(start, end))
  return {
    text(text) {
      answer += text
      return tracker.text(text)
    },
    marker(text, citations) {
      tracker.marker(text, citations)
      answer += text
    },
    end: () => tracker.end(),
  }
}
