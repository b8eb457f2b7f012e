import * as z from 'zod'
import { withoutHiddenCharacters } from '../core/text/hidden-characters.ts'
import { RATINGS, type Feedback } from '../core/vocabulary/feedback.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import { checked } from '../dialects/checked.ts'

/** Maximum length of the title that a client may set, in UTF-16 code units. */
const MAX_TITLE_CHARS = 200
/** Maximum length of a comment, in UTF-16 code units. */
const MAX_COMMENT_CHARS = 2_000

const UNITS = 'Its length is counted in UTF-16 code units.'

/** The body that sets the title of a thread. */
export const renameSchema = z.strictObject({
  title: z
    .string()
    .meta({ minLength: 1, description: `At most ${MAX_TITLE_CHARS} without the white space around it. ${UNITS}` })
    .transform(checked(expectTitle)),
})

/** The body that sets the feedback on an answer. */
export const feedbackRequestSchema = z
  .strictObject({
    rating: z.enum(RATINGS),
    comment: z
      .string()
      .meta({ maxLength: MAX_COMMENT_CHARS, description: `A blank one counts as none. ${UNITS}` })
      .transform(checked(expectComment))
      .optional(),
  })
  .transform(({ rating, comment }): Feedback => ({ rating, ...(comment?.trim() && { comment }) }))

/**
 * Checks the title of a thread that a client has sent, and removes the white space around it.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field` `title`
 */
export function expectTitle(title: string): string {
  return expectLine('title', title, MAX_TITLE_CHARS)
}

/**
 * Checks a line of text of a client, and removes the white space around it.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function expectLine(field: string, text: string, maxChars: number): string {
  const line = text.trim()
  // A line of invisible characters looks blank, too.
  if (withoutHiddenCharacters(line).trim() === '') throw invalidInput(field, `Cannot use a blank ${field}`)
  if (line.length > maxChars) {
    const message = `Cannot use a ${field} of ${line.length} characters: it must have 1 to ${maxChars}`
    throw invalidInput(field, message, RangeError)
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line) || !line.isWellFormed()) {
    const message = `Cannot use a ${field} that contains a line break, a control character or an unpaired surrogate`
    throw invalidInput(field, message)
  }
  return line
}

/** Repairs and checks a comment like a question: it may have line breaks. */
function expectComment(comment: string): string {
  if (comment.length > MAX_COMMENT_CHARS) {
    const message = `Cannot use a comment of ${comment.length} characters: the limit is ${MAX_COMMENT_CHARS}`
    throw invalidInput('comment', message, RangeError)
  }
  if (comment.includes('\0')) throw invalidInput('comment', 'Cannot use a comment that contains a NUL character')
  return comment.toWellFormed()
}
