import OpenAI from 'openai'
import { expect, it } from 'vitest'
import { collectChat, modelCitationCheck, streamChat, type TokenUsage } from '../../../src/index.ts'
import { openaiChatModel } from '../../../src/openai.ts'
import { createFaultServer, fakeRetriever, faults } from '../../../src/testing.ts'

async function ask(verdict: ReturnType<typeof faults.answer>) {
  await using server = await createFaultServer({
    models: { writer: faults.answer('Cats sleep 15 hours a day [1].'), judge: verdict },
  })
  const client = new OpenAI({ apiKey: 'key', baseURL: server.baseURL, maxRetries: 0 })
  const spent: TokenUsage[] = []
  const check = modelCitationCheck({
    model: openaiChatModel({ client, model: 'judge' }),
    timeoutMs: 500,
    onUsage: (usage) => spent.push(usage),
  })
  const result = await collectChat(
    streamChat({
      question: 'How long do cats sleep?',
      retriever: fakeRetriever(['Cats sleep sixteen hours a day.']),
      model: openaiChatModel({ client, model: 'writer' }),
      check,
    }),
  )
  return { citations: result.citations, spent, requests: server.hits.length }
}

it('gives a run the verdicts of a model over HTTP', async () => {
  const { citations, spent, requests } = await ask(
    faults.answer('{"support":"unsupported","reason":"sixteen, not 15"}'),
  )
  expect(citations).toMatchObject([
    { support: 'unsupported', reasons: ['model:sixteen, not 15'], passage: { start: 0 } },
  ])
  expect([spent.length, requests]).toEqual([1, 2])
})

it.each([
  ['refuses', faults.answer('I cannot do that.')],
  ['is unavailable', faults.unavailable()],
  ['stalls', faults.stall()],
  ['sends half JSON', faults.halfJson()],
])('keeps the label of the built-in check if the model %s', async (_, behaviour) => {
  const { citations } = await ask(behaviour)
  expect(citations).toMatchObject([{ support: 'weak', reasons: expect.arrayContaining(['number:15']) }])
})
