import { eachInOrder, type Paused } from '../async/in-order.ts'
import { withTimeout } from '../async/with-timeout.ts'
import type { Citation, CitationSupport } from '../vocabulary/citations.ts'
import type { Clock } from '../async/clock.ts'
import { ChatError, toChatError } from '../vocabulary/chat-error.ts'
import type { UnnumberedEvent } from '../vocabulary/unnumbered-event.ts'
import type { Source } from '../vocabulary/sources.ts'
import { createCitationRoom } from './citation-room.ts'
import type { CitationCheck, CitationCheckInput } from '../vocabulary/citation-check.ts'
import type { Claim } from './claim-tracker.ts'
import { toSupport } from './to-support.ts'

/** The options of {@link createClaimChecker}. */
export interface ClaimCheckerOptions {
  /** The check of one citation. */
  readonly check: CitationCheck
  /** Returns the source of a number. */
  sourceOf(number: number): Source | undefined
  /** Emits the outcome of a check; returns a promise if the reader is not ready. */
  emit(event: Extract<UnnumberedEvent, { readonly type: 'support' }>): Paused
  /** Called when a check fails; its citation stays unchecked and the run continues. */
  onError(error: ChatError): void
  /** Measures the time limit of a check. */
  readonly clock: Clock
  /** Aborts the checks. */
  readonly signal: AbortSignal
}

/** Checks the claims of an answer. */
export interface ClaimChecker {
  /** Checks a claim against each source that it cites, and emits the outcomes that are known. */
  add(claim: Claim): Paused
  /** Waits for the remaining checks and emits their outcomes. */
  finish(): Promise<void>
}

/** Maximum duration of a custom check, so that the answer cannot wait forever. */
const CHECK_MS = 10_000

interface Cited {
  readonly source: Source
  readonly citations: readonly Citation[]
}

interface Checked {
  readonly citations: readonly Citation[]
  readonly claim: Claim
  readonly outcome: CitationSupport | undefined
}

/**
 * Creates the checker of one answer. The outcome of a synchronous check is emitted at once. An asynchronous check runs while
 * the answer continues; its outcome is emitted with a later claim or at the end.
 */
export function createClaimChecker(options: ClaimCheckerOptions): ClaimChecker {
  const pending = new Set<Promise<void>>()
  const ready: Checked[] = []
  const room = createCitationRoom()

  function start(input: CitationCheckInput, citations: readonly Citation[], claim: Claim): void {
    const { source } = input
    try {
      const outcome: unknown = options.check(input, { signal: options.signal })
      if (isPromise(outcome)) later(outcome, { source, citations, claim })
      else ready.push({ citations, claim, outcome: toSupport(outcome, source) })
    } catch (thrown) {
      options.onError(toChatError(thrown))
    }
  }

  function later(
    outcome: PromiseLike<unknown>,
    { source, ...about }: Omit<Checked, 'outcome'> & { readonly source: Source },
  ): void {
    const done = withTimeout(async () => outcome, { ...options, ms: CHECK_MS, onTimeout: tookTooLong })
      .then((outcome) => void ready.push({ ...about, outcome: toSupport(outcome, source) }))
      .catch((thrown: unknown) => options.signal.aborted || options.onError(toChatError(thrown)))
      .then(() => void pending.delete(done))
    pending.add(done)
  }

  function emitReady(): Paused {
    const checked = ready.splice(0).flatMap(({ citations, claim, outcome }) => {
      return outcome ? citations.map(({ index }) => ({ index, claim: claim.range, ...outcome })) : []
    })
    return eachInOrder(checked.length > 1 ? checked.toSorted((a, b) => a.index - b.index) : checked, (support) =>
      // Above the limit, a citation stays unchecked.
      room.take(support) ? options.emit({ type: 'support', ...support }) : undefined,
    )
  }

  /** Groups citations by their source: a clause may cite one twice, and it is checked once. */
  function bySource(citations: readonly Citation[]): readonly Cited[] {
    const groups = citations.length === 1 ? [citations] : Map.groupBy(citations, ({ number }) => number).values()
    return Array.from(groups).flatMap((citations) => {
      const source = options.sourceOf(citations[0]?.number ?? 0)
      return source ? { source, citations } : []
    })
  }

  return {
    add(claim) {
      const cited = bySource(claim.citations)
      const together = cited.map(({ source }) => source)
      const about = {
        claim: claim.text,
        ...(together.length > 1 && { together }),
        ...(claim.sentence !== undefined && { sentence: claim.sentence }),
      }
      for (const { source, citations } of cited) start({ ...about, source }, citations, claim)
      return ready.length === 0 ? undefined : emitReady()
    },
    async finish() {
      await Promise.all(pending)
      await emitReady()
    },
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function tookTooLong(): ChatError {
  return new ChatError(`A citation check took longer than ${CHECK_MS} ms`, { code: 'internal' })
}
