import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EMPTY_RESULT,
  reduceEvent,
  type ChatEvent,
  type CitationEvent,
  type RetrieveAndAnswerOptions,
  type TokenEvent,
} from '../../../src/index.ts'
import { fakeRetriever } from '../../../src/testing.ts'
import { cutAnyhow } from '../../support/cuts.ts'
import { askModel, CHUNKS, deltasOf, doneOf, FINISH, typesOf, warningsOf } from '../ask.ts'

/** Model output built from everything that can stand near a marker; there are three sources. */
const modelText = fc
  .array(
    fc.oneof(
      fc.constantFrom('[1]', '[2]', '[1, 2]', '[1-3]', '【3】', '［１］', '[4]', '[1, 7]', '[see [1]', '[1](u)', '(u)'),
      fc.constantFrom(
        '[',
        ']',
        '`',
        '```',
        '\n',
        ' ',
        '. ',
        '。',
        'Cats sleep 16 hours a day',
        '猫睡觉',
        '😀',
        '𝐁',
        '\ud83d',
      ),
      fc.constantFrom(
        '$',
        '$$',
        '$5 ',
        '\\(',
        '\\)',
        'a[1]',
        'x = [1]',
        '"a": [1, 2]',
        'f(',
        'https://a/',
        '\n\n    ',
        '猫[1]',
      ),
    ),
    { minLength: 1, maxLength: 25 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '')

const cutText = modelText.chain((text) => fc.tuple(fc.constant(text), cutAnyhow(text)))

function answer(deltas: readonly string[], changes: Partial<RetrieveAndAnswerOptions> = {}) {
  const retriever = fakeRetriever([...CHUNKS, '猫每天睡觉。'])
  return askModel([...deltas.filter((delta) => delta !== ''), FINISH], { retriever, ...changes })
}

/** Everything that must not depend on the positions where the model cuts its text. */
function outcomeOf(events: readonly ChatEvent[]) {
  const { answer, sources, citations, warnings, finishReason } = doneOf(events)
  return { answer, sources, citations, warnings, finishReason }
}

/** Each group of citations, with the event that follows it. */
function markersOf(events: readonly ChatEvent[]) {
  const markers: { citations: CitationEvent[]; next: ChatEvent | undefined }[] = []
  for (const [index, event] of events.entries()) {
    if (event.type !== 'citation') continue
    const last = markers.at(-1)
    if (last && last.next === event) last.citations.push(event)
    else markers.push({ citations: [event], next: undefined })
    const marker = markers.at(-1)
    if (marker) marker.next = events[index + 1]
  }
  return markers
}

function isToken(event: ChatEvent | undefined): event is TokenEvent {
  return event?.type === 'token'
}

describe('the citations of a run, for every cut of the model text', () => {
  it('P3, E2: gives each marker a token of its own, directly after its citations and at their position', async () => {
    await fc.assert(
      fc.asyncProperty(cutText, async ([, deltas]) => {
        const events = await answer(deltas)
        const shown = doneOf(events).answer
        for (const { citations, next } of markersOf(events)) {
          if (!isToken(next)) return expect.fail(`${next?.type} comes after a citation`)
          expect(next.delta).toMatch(/^[[【［]{1,2}[0-9０-９, -]+[\]】］]{1,2}$/u)
          for (const { citation } of citations) {
            expect([citation.start, citation.end]).toEqual([next.at, next.at + next.delta.length])
            expect(shown.slice(citation.start, citation.end)).toBe(next.delta)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('P3: gives the same answer, citations, claims, support and offsets for every cut', async () => {
    await fc.assert(
      fc.asyncProperty(cutText, async ([text, deltas]) => {
        const [whole, cut] = [await answer([text]), await answer(deltas)]
        expect(outcomeOf(cut)).toEqual(outcomeOf(whole))
        expect(doneOf(whole).answer).toBe(text)
        const indexes = doneOf(cut).citations.map(({ index }) => index)
        expect(indexes).toEqual(indexes.map((_, index) => index))
      }),
      { numRuns: 200 },
    )
  })

  it('P3: omits the token of a marker in strip mode, where a citation has length 0', async () => {
    await fc.assert(
      fc.asyncProperty(cutText, async ([text, deltas]) => {
        const events = await answer(deltas, { markers: 'strip' })
        expect(outcomeOf(events)).toEqual(outcomeOf(await answer([text], { markers: 'strip' })))
        let length = 0
        for (const event of events) {
          if (event.type === 'citation') expect([event.citation.start, event.citation.end]).toEqual([length, length])
          if (event.type === 'token') length += event.delta.length
        }
        const kept = doneOf(await answer([text]))
        // The text around a marker is cleaned: brackets, commas and blanks.
        expect(lettersOf(doneOf(events).answer)).toBe(lettersOf(kept.answer))
      }),
      { numRuns: 200 },
    )
  })

  it('P4: folds to the result of done, including citations and supports', async () => {
    await fc.assert(
      fc.asyncProperty(cutText, fc.constantFrom('keep', 'strip'), async ([, deltas], markers) => {
        const events = await answer(deltas, { markers })
        const fold = events.slice(0, -1).reduce(reduceEvent, EMPTY_RESULT)
        expect(doneOf(events)).toMatchObject(fold)
        expect(fold.citations).toEqual(doneOf(events).citations)
      }),
      { numRuns: 200 },
    )
  })
})

function lettersOf(text: string): string {
  return text.replace(/\P{L}/gu, '')
}

describe('the citations of a run', () => {
  it('P3: contain one citation for each number of a marker, all with the same range', async () => {
    const events = await answer(['Cats sleep 16 hours a day [1', ', 2] or so.'])
    expect(typesOf(events).slice(-8)).toEqual([
      'token',
      'citation',
      'citation',
      'token',
      'token',
      'support',
      'support',
      'done',
    ])
    expect(doneOf(events).citations).toMatchObject([
      { index: 0, number: 1, sourceId: 'document-1#chunk-1', start: 26, end: 32, claim: { start: 0, end: 39 } },
      { index: 1, number: 2, sourceId: 'document-2#chunk-2', start: 26, end: 32, claim: { start: 0, end: 39 } },
    ])
  })

  it('cause one warning for each number without a source, which stays in the text', async () => {
    const events = await answer(['Cats [7] sleep [7][1, 8].'])
    expect(doneOf(events).answer).toBe('Cats [7] sleep [7][1, 8].')
    expect(doneOf(events).citations).toMatchObject([{ number: 1, start: 18, end: 24 }])
    expect(warningsOf(events)).toEqual(['citation-unknown', 'citation-unknown'])
  })

  it('are checked without the digits of a number that has no source', async () => {
    const { citations } = doneOf(await answer(['Cats sleep 16 hours a day [1][7].']))
    expect(citations).toMatchObject([{ support: 'supported', reasons: [], claim: { start: 0, end: 33 } }])
  })

  it('remove an unknown number in strip mode', async () => {
    const events = await answer(['Cats [7] sleep [1].'], { markers: 'strip' })
    expect(doneOf(events).answer).toBe('Cats sleep.')
  })

  it('E5: have no claim when the check is turned off', async () => {
    const events = await answer(['Cats sleep [1].'], { check: false })
    expect(doneOf(events).citations).toEqual([
      { index: 0, number: 1, sourceId: 'document-1#chunk-1', start: 11, end: 14 },
    ])
  })

  it('are checked once for each source of a sentence, also by an asynchronous check', async () => {
    const claims: string[] = []
    const check: RetrieveAndAnswerOptions['check'] = async ({ claim, source }) => {
      claims.push(`${source.number} ${claim}`)
      return { support: 'weak', reasons: [] }
    }
    const events = await answer(['Cats [1] sleep [1][2]. Dogs [1].'], { check })
    expect(claims).toEqual(['1 Cats  sleep .', '2 Cats  sleep .', '1 Dogs .'])
    expect(doneOf(events).citations.map(({ support }) => support)).toEqual(['weak', 'weak', 'weak', 'weak'])
  })

  it('stay unchecked when the check fails, and the run continues', async () => {
    const codes: string[] = []
    const check = () => {
      throw new Error('no judge')
    }
    const events = await answer(['Cats sleep [1].'], { check, onError: ({ code }) => codes.push(code) })
    expect(doneOf(events).citations[0]).not.toHaveProperty('support')
    expect(doneOf(events).finishReason).toBe('stop')
    expect(codes).toEqual(['internal'])
  })

  it('also include those in text that was held back when the model failed', async () => {
    const events = await askModel(['Cats sleep [1', ']'])
    expect(deltasOf(events)).toEqual(['Cats sleep ', '[1]'])
    expect(events.at(-1)).toMatchObject({ type: 'error', partial: { citations: [{ number: 1, start: 11, end: 14 }] } })
  })
})
