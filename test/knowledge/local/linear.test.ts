import { afterEach, describe, expect, it, vi } from 'vitest'
import { pickQuotes } from '../../../src/knowledge/local/pick-quotes.ts'
import { splitDocument } from '../../../src/knowledge/text/split-document.ts'
import { writeAnswer } from '../../../src/knowledge/local/write-answer.ts'
import { splitChunk } from '../../../src/core/retrieval/split-chunk.ts'
import { estimateTokens } from '../../../src/core/text/estimate-tokens.ts'
import { countSteps } from '../../support/count-steps.ts'
import { sourcesOf } from './sources.ts'

afterEach(() => void vi.restoreAllMocks())

/** Texts that grow by repetition. */
const TEXTS: readonly (readonly [string, (times: number) => string])[] = [
  ['sentences', (times) => 'Cats sleep sixteen hours a day. '.repeat(times)],
  ['lines without a full stop', (times) => '猫每天睡十六个小时\n'.repeat(times)],
  ['one word', (times) => 'catssleep'.repeat(times)],
  ['full stops', (times) => '。'.repeat(times)],
  ['headings', (times) => '# Cats\n\nThey sleep.\n\n'.repeat(times)],
  ['a heading and sentences', (times) => `# ${'cats sleep '.repeat(times)}\n\n${'Cats sleep well. '.repeat(times)}`],
  ['fences in fences', (times) => '````\n```\ncats sleep\n'.repeat(times)],
  ['quotations', (times) => '> cats sleep\n'.repeat(times)],
  ['blanks', (times) => `cats${' '.repeat(times)}sleep.`],
  ['initials', (times) => 'A. '.repeat(times)],
]

/** The functions under test, with the number of characters that each reads at once. */
const WORK: readonly (readonly [string, (text: string) => unknown])[] = [
  ['splitDocument', (text) => splitDocument({ text }, 1_200)],
  [
    'splitChunk',
    (text) => {
      const chunk = { chunkId: 'c', documentId: 'd', text }
      return splitChunk(chunk, { tokens: 512, overlap: 20, countTokens: estimateTokens })
    },
  ],
  ['pickQuotes', (text) => pickQuotes('How long do cats sleep?', sourcesOf([text]), { maxSentences: 2 })],
  ['writeAnswer', (text) => [...writeAnswer('How long?', [{ number: 1, text }])]],
]

describe.each(WORK)('%s', (_name, work) => {
  it.each(TEXTS)('C12: takes about twice the steps for twice as many %s', (_kind, text) => {
    const once = stepsOf(() => work(text(3_000)))
    expect(stepsOf(() => work(text(6_000)))).toBeLessThan(2.5 * once + 5_000)
  })
})

/** Counts visited array elements and searched characters. */
function stepsOf(work: () => unknown): number {
  let characters = 0
  const { test } = RegExp.prototype
  vi.spyOn(RegExp.prototype, 'test').mockImplementation(function (this: RegExp, text) {
    characters += text.length
    return Reflect.apply(test, this, [text]) as boolean
  })
  const steps = countSteps(() => void work())
  vi.restoreAllMocks()
  return steps + characters
}
