import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/index.ts'
import { openaiChatModel } from '../../../src/openai.ts'
import { createFaultServer, faults } from '../../../src/testing.ts'
import { ask, doneOf } from '../../core/ask.ts'

/** Answers with every citation between « and »; there are two sources. */
const ANSWERS: readonly string[] = [
  'So $\\sqrt[3]{8} = 2$ «[1]», and \\sqrt[3]{8} is \\(x_{[1]}\\)«[2]».',
  'Cats:\n\n$$\nx \\in [1, 2]\n$$\n\n«[1]» and \\[ [2] \\] «[2]».',
  'Use sys.argv[1], process.argv[2] or a[0][1] «[1]»«[2]».',
  'See https://a/x?ids[1]=5 and https://a/[2] «[1]».',
  '{"ids": [1, 2], "n": 1}\nor pair = [1, 2] or f(x, [1]) «[1, 2]».',
  'It costs $5 «[1]» and not $10 «[2]».',
  '猫每天睡十六小时«[1]»，狗睡12小时«[2]»。',
  'Text «[1]»:\n\n    rows [1]\n\nThen «[2]».',
  '`x [1]` and\n```\n[1]\n```\n«[2]»',
]

const WHOLE = /[$[\]\\(/:="`\n ]/u

/** The whole text, the text cut in two at each interesting position, and single characters. */
function cutsOf(text: string): readonly (readonly string[])[] {
  const places = [...text].flatMap((char, index) => (WHOLE.test(char) ? [index, index + 1] : []))
  const inTwo = [...new Set(places)].map((at) => [text.slice(0, at), text.slice(at)].filter((part) => part !== ''))
  return [[text], ...inTwo, text.split('')]
}

function outcomeOf(events: readonly ChatEvent[]) {
  const { answer, citations, warnings } = doneOf(events)
  return { answer, citations, warnings }
}

describe('the citations of an answer over a real socket', () => {
  it.each(ANSWERS)('B2: are exactly the marked ones, for every cut: %j', async (marked) => {
    const text = marked.replace(/[«»]/gu, '')
    await using server = await createFaultServer()
    const model = openaiChatModel({ client: new OpenAI({ apiKey: 'key', baseURL: server.baseURL }), model: 'any' })
    const answerIn = async (deltas: readonly string[], markers: 'keep' | 'strip') => {
      server.use(faults.answer([...deltas]))
      return ask({ model, markers })
    }
    const [keep, strip] = [await answerIn([text], 'keep'), await answerIn([text], 'strip')]
    const spans = [...new Set(doneOf(keep).citations.map(({ start, end }) => `${start} ${end}`))]
    const shown = spans.reduceRight((answer, span) => {
      const [start = 0, end = 0] = span.split(' ').map(Number)
      return `${answer.slice(0, start)}«${answer.slice(start, end)}»${answer.slice(end)}`
    }, doneOf(keep).answer)
    expect(shown).toBe(marked)
    // The blank before a marker goes with it, or the one after it at the beginning of a line.
    expect(doneOf(strip).answer).toBe(marked.replace(/(?<=\n)«[^»]*» | ?«[^»]*»/gu, ''))
    for (const deltas of cutsOf(text)) {
      expect(outcomeOf(await answerIn(deltas, 'keep')), JSON.stringify(deltas)).toEqual(outcomeOf(keep))
      expect(outcomeOf(await answerIn(deltas, 'strip')), JSON.stringify(deltas)).toEqual(outcomeOf(strip))
    }
  })
})
