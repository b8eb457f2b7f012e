import type { FeedbackNote } from '../../server.ts'

/** Returns a reader's feedback as one line for the terminal. */
export function describeFeedback({ rating, question, comment }: FeedbackNote): string {
  // In quotation marks, because the words of a reader could move the cursor of a terminal.
  const texts = [question, comment ?? []].flat().map((text) => JSON.stringify(text))
  return `Feedback ${rating ?? 'none'}: ${texts.join(' ')}`
}
