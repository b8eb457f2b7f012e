import { expect, it } from 'vitest'
import { createCitationCheck, memoryHistoryStore, type CitationCheck, type Engine } from '../../../src/index.ts'
import { faults } from '../../../src/testing.ts'
import { resultOf } from '../../core/conversation.ts'
import { countStepsOf } from '../../support/count-steps.ts'
import { runIdOf, serveChat } from './served-chat.ts'

const SOURCE = 'Cats sleep 16 hours a day.'

it('C2: takes about twice the steps for an answer of twice the length, from the model to the reader', async () => {
  await using chat = await serveChat({ history: memoryHistoryStore() })
  let run = 0
  const stepsFor = async (citations: number): Promise<number> => {
    run += 1
    const behaviour = faults.answer(sentences(citations))
    const asked = { question: 'Why?', runId: runIdOf(run), threadId: `t${run}` }
    return countStepsOf(async () => {
      const { citations: cited } = resultOf(await chat.ask(asked, behaviour))
      expect(cited).toHaveLength(citations)
    })
  }
  await stepsFor(100)
  const once = await stepsFor(1_000)
  expect(await stepsFor(2_000)).toBeLessThan(2.5 * once)
})

it('E7, E8, C2: sends a terminal event that its own reader accepts, for any citations within the limits', async () => {
  // The largest possible record: each letter takes six characters of JSON, and each check returns the longest reasons.
  const reasons = Array.from({ length: 99 }, () => '\u0001'.repeat(999))
  const check = () => ({ support: 'weak', reasons }) as const
  await using chat = await serveChat({ history: memoryHistoryStore(), answering: { check } })
  const deltas = Array.from({ length: 45_000 }, () => '\u0001[1] ').concat('\u0001'.repeat(40_000))
  const result = resultOf(await chat.ask({ question: 'Why?', runId: runIdOf(1) }, faults.answer([deltas.join('')])))
  expect(result).toMatchObject({ finishReason: 'length', saved: true })
  expect(result.warnings.map(({ code }) => code)).toContain('output-capped')
  const { length } = JSON.stringify(result)
  expect(length).toBeGreaterThan(2 ** 20)
  expect(length).toBeLessThan(2 ** 24)
  // Only the first outcomes fit.
  const checked = result.citations.map(({ support }) => support !== undefined)
  expect([checked[0], checked.at(-1)]).toEqual([true, false])
  expect(checked.slice(checked.indexOf(false))).not.toContain(true)
  expect((await chat.turns()).length).toBe(1)
}, 60_000)

it('E8, C2: keeps the markers beyond the citation limit as text, with one warning', async () => {
  const document = 'd'.repeat(400)
  const chunk = { chunkId: 'c', documentId: document, text: SOURCE }
  const retriever = { retrieve: async () => [{ chunk }] }
  await using chat = await serveChat({ history: memoryHistoryStore(), retriever, answering: { check: false } })
  const answer = '[1]'.repeat(12_000)
  const result = resultOf(await chat.ask({ question: 'Why?', runId: runIdOf(1) }, faults.answer([answer])))
  expect(result.answer).toBe(answer)
  expect(result.citations.length).toBeGreaterThan(8_000)
  expect(result.citations.length).toBeLessThan(12_000)
  expect(JSON.stringify(result.citations).length).toBeLessThanOrEqual(2 ** 22)
  expect(result.warnings.map(({ code }) => code)).toEqual(['citations-capped'])
}, 60_000)

it('C12: checks 200 claims of an engine against the pieces of a source of one megabyte', async () => {
  const text = `${SOURCE} `.repeat(40_000)
  const engine: Engine = {
    async *answer() {
      yield { type: 'source', source: { documentId: 'big', text } }
      for (let claim = 1; claim <= 200; claim += 1) yield { type: 'text', delta: `Cats sleep 16 hours [${claim}]. ` }
      yield { type: 'finish', finishReason: 'stop' }
    },
  }
  let checked = 0
  const check = createCitationCheck()
  const counting: CitationCheck = (input, options) => {
    checked += input.source.text.length
    return check(input, options)
  }
  await using chat = await serveChat({ history: memoryHistoryStore(), answering: { engine, check: counting } })
  const result = resultOf(await chat.ask({ question: 'Why?', runId: runIdOf(1) }, faults.answer('')))
  expect(result.citations.map(({ support }) => support)).toEqual(Array.from({ length: 200 }, () => 'supported'))
  expect(checked).toBeLessThan(200 * 512 * 4)
  expect((await chat.turns()).map((turn) => turn.result)).toEqual([result])
})

/** An answer of this many sentences, each with a citation. */
function sentences(count: number): readonly string[] {
  return Array.from({ length: count }, () => ['Cats sleep 16 hours ', '[1]', '. ']).flat()
}
