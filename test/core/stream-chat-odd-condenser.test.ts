import { expect, it } from 'vitest'
import type { ChatError } from '../../src/index.ts'
import { ask, doneOf, warningsOf } from './ask.ts'
import { createConversation } from './conversation.ts'

const QUERY = 'How long do cats sleep?'

it.each([
  ['nothing', undefined, undefined],
  ['a text', QUERY, undefined],
  ['a query that is a number', { query: 7 }, undefined],
  ['further queries that are not a list', { query: QUERY, also: 'x' }, undefined],
  ['a further query that is a text', { query: QUERY, also: ['x'] }, undefined],
  ['a weight that is a string', { query: QUERY, also: [{ query: 'x', weight: '1' }] }, undefined],
  ['a weight of NaN', { query: QUERY, also: [{ query: 'x', weight: Number.NaN }] }, QUERY],
  ['an unpaired surrogate', { query: `${QUERY} \ud83d` }, `${QUERY} \ufffd`],
  ['a usage whose count is not a number', { query: QUERY, usage: { inputTokens: 'many' } }, QUERY],
  ['usage that is a text', { query: QUERY, usage: 'much' }, QUERY],
])(
  'C3: accepts a condenser that answers with %s, and saves only values that can be read back',
  async (_what, answer, query) => {
    const { options, say, turns } = createConversation()
    await say('Do cats sleep?', ['Yes.', { type: 'finish', finishReason: 'stop' }])
    const errors: ChatError[] = []
    // An untyped JavaScript condenser may return these.
    const condenser = { condense: async () => answer as never }
    const onError = (error: ChatError): void => void errors.push(error)
    const question = 'How long, then?'
    const events = await ask({ ...options, condenser, question, onError })
    const { type: _type, seq: _seq, ...result } = doneOf(events)
    expect(result.query).toMatchObject({ question, query: query ?? question })
    expect(warningsOf(events)).toEqual(query === undefined ? ['condense-failed'] : [])
    expect(errors.map(({ code }) => code)).toEqual(query === undefined ? ['upstream-bad-response'] : [])
    expect((await turns()).at(-1)?.result).toEqual(result)
  },
)
