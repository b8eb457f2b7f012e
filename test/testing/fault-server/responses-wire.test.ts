import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { createFaultServer, faults, step } from '../../../src/testing.ts'

const clientOf = ({ baseURL }: { readonly baseURL: string }) => new OpenAI({ apiKey: 'key', baseURL, maxRetries: 0 })

describe('the fault server in the Responses API', () => {
  it('streams an answer that the client accumulates, with reasoning, usage and the end', async () => {
    await using server = await createFaultServer({ behaviour: faults.answer('Hello big world', { reasoning: ['Hm'] }) })
    const stream = clientOf(server).responses.stream({ model: 'any', input: 'Why?' })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.reasoning_text.delta',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(await stream.finalResponse()).toMatchObject({
      status: 'completed',
      output_text: 'Hello big world',
      usage: { input_tokens: 10, output_tokens: 3, total_tokens: 13 },
    })
  })

  it('answers with one object when no stream was requested', async () => {
    await using server = await createFaultServer({ behaviour: faults.answer('Hello', { finishReason: 'length' }) })
    expect(await clientOf(server).responses.create({ model: 'any', input: 'Why?' })).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'Hello',
    })
  })

  it.each(['object', 'event'] as const)('reports an error in the shape %s, which the client throws', async (shape) => {
    const behaviour = faults.sequence('Hello', step.error('out of memory', { shape }))
    await using server = await createFaultServer({ behaviour })
    const read = async () => {
      for await (const _event of await clientOf(server).responses.create({
        model: 'any',
        input: 'Why?',
        stream: true,
      }));
    }
    await expect(read()).rejects.toThrow('out of memory')
  })

  it('uses a behaviour without a path for both APIs, and one with a path only for it', async () => {
    await using server = await createFaultServer()
    server.use(faults.answer('Both'))
    server.enqueue(faults.answer('Responses'), { path: '/v1/responses' })
    server.enqueue(faults.answer('Next'))
    const client = clientOf(server)
    const askChat = async () => {
      const { choices } = await client.chat.completions.create({ model: 'any', messages: [] })
      return choices[0]?.message.content
    }
    const askResponses = async () => (await client.responses.create({ model: 'any', input: 'Why?' })).output_text
    expect([await askChat(), await askResponses(), await askResponses()]).toEqual(['Next', 'Responses', 'Both'])
  })
})
