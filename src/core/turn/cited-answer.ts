import type { ChatError } from '../vocabulary/chat-error.ts'
import type { Source } from '../vocabulary/sources.ts'
import type { Turn } from './turn.ts'
import type { ResolvedAnswerOptions } from '../options/resolved-options.ts'
import { createClaimChecker } from '../citation/claim-checker.ts'
import type { Claim } from '../citation/claim-tracker.ts'
import { createAnswerWriter } from '../citation/answer-writer.ts'

/** An answer that is being written, with its citations. */
export interface CitedAnswer {
  /** Writes a piece of the text. */
  write(delta: string): Promise<void> | undefined
  /** Writes the text that was held back, and waits for the checks. */
  finish(): Promise<void>
  /** Returns true if the text so far is not blank and has no citation. */
  isUncited(): boolean
}

/** Opens an answer whose text becomes tokens, citations, and the outcomes of their checks. */
export function createCitedAnswer(
  sourceOf: (number: number) => Source | undefined,
  { emit, tracker, clock, signal }: Turn,
  { markers, check }: ResolvedAnswerOptions,
): CitedAnswer {
  const onError = (error: ChatError): void => tracker.reportError(error)
  const checker = check && createClaimChecker({ check, sourceOf, emit, onError, clock, signal })
  const onClaim = (claim: Claim): Promise<void> | undefined => checker?.add(claim)
  const textOf = (start: number, end: number): string => tracker.textOf(start, end)
  const writer = createAnswerWriter({ markers, sourceOf, textOf, emit, onClaim })
  return {
    write: (delta) => writer.write(delta),
    isUncited: () => writer.isUncited(),
    async finish() {
      await writer.end()
      await checker?.finish()
    },
  }
}
