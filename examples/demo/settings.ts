import type { DisconnectPolicy, FeedbackNote } from 'ragwire/server'

/**
 * `CONTINUE_MS`: how long an answer goes on when its last reader has left, in milliseconds; 30000 by default.
 * @throws Error that names the fix when it is not a number
 */
export function readDisconnectPolicy(env: NodeJS.ProcessEnv): DisconnectPolicy {
  const text = env['CONTINUE_MS'] || '30000'
  if (!/^\d{1,9}$/.test(text)) throw new Error(`CONTINUE_MS is "${text}": set it to milliseconds, such as 30000`)
  const continueForMs = Number(text)
  return continueForMs === 0 ? 'abort' : { continueForMs }
}

/** Prints a reader's feedback. */
export function printFeedback({ rating, question, comment }: FeedbackNote): void {
  // In quotation marks, because the words of a reader could move the cursor of a terminal.
  const texts = [question, comment ?? []].flat().map((text) => JSON.stringify(text))
  console.log(`Feedback ${rating ?? 'none'}: ${texts.join(' ')}`)
}
