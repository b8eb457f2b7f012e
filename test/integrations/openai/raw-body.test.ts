import { describe, expect, it, vi } from 'vitest'
import { nodeFetch } from '../../../src/node.ts'
import { createFaultServer, faults } from '../../../src/testing.ts'
import { ask, doneOf } from '../../core/ask.ts'
import { MODELS } from './apis.ts'

describe.each(MODELS)('%s over nodeFetch', (_name, createClient, api) => {
  it('reads the body without its web stream, which nobody else can read then', async () => {
    await using server = await createFaultServer({ behaviour: faults.answer('Hello world') })
    const read = vi.spyOn(ReadableStreamDefaultReader.prototype, 'read')
    const send = nodeFetch()
    const bodies: (ReadableStream<Uint8Array> | null)[] = []
    const client = createClient({
      baseURL: server.baseURL,
      async fetch(input, init) {
        const response = await send(input, init)
        bodies.push(response.body)
        return response
      },
    })
    try {
      expect(doneOf(await ask({ model: api.create({ client, model: 'any' }) })).answer).toBe('Hello world')
      expect(read).not.toHaveBeenCalled()
      expect(bodies).toMatchObject([{ locked: true }])
    } finally {
      read.mockRestore()
    }
  })
})
