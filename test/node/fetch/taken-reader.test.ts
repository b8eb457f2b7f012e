import { describe, expect, it } from 'vitest'
import { createByteReader, type ByteReader } from '../../../src/core/async/byte-reader.ts'
import { nodeFetch } from '../../../src/node.ts'
import { eventually } from '../../support/eventually.ts'
import { serve } from '../../testing/serve.ts'

const LETTERS = ['a', 'b', 'c']

/** Serves one letter after the other, each when the one before was read; the last one ends or breaks the response. */
async function openBody({ breaks = false } = {}) {
  let closed = false
  let write: () => void = () => {}
  const server = await serve((request, response) => {
    if (request.url === '/ping') return void response.end()
    const left = [...LETTERS]
    response.on('close', () => (closed = true))
    write = () => {
      const letter = left.shift()
      if (letter !== undefined) response.write(letter)
      else if (breaks) response.destroy()
      else response.end()
    }
    write()
  })
  const url = `http://127.0.0.1:${server.port}`
  const { body } = await nodeFetch()(`${url}/`)
  if (!body) throw new Error('The response has no body')
  return {
    body,
    next: () => write(),
    isClosed: () => closed,
    ping: async () => (await nodeFetch()(`${url}/ping`)).text(),
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  }
}

async function readRest(reader: ByteReader, next: () => void): Promise<string> {
  const decoder = new TextDecoder()
  for (let text = ''; ; next()) {
    const { done, value } = await reader.read()
    if (done) return text
    text += decoder.decode(value, { stream: true })
  }
}

describe('the body of nodeFetch, read by this library', () => {
  it('is locked for others, and gives all bytes', async () => {
    await using response = await openBody()
    const reader = createByteReader(response.body)
    expect(response.body.locked).toBe(true)
    expect(() => response.body.getReader()).toThrow(TypeError)
    expect(await readRest(reader, response.next)).toBe('abc')
  })

  it('loses nothing that another reader has left', async () => {
    await using response = await openBody()
    const first = response.body.getReader()
    expect(await first.read()).toEqual({ done: false, value: new TextEncoder().encode('a') })
    // The stream goes on with a read whose reader has left, and keeps its bytes.
    const left = first.read()
    await response.ping()
    first.releaseLock()
    await expect(left).rejects.toThrow(TypeError)
    response.next()
    // The bytes arrive there before the answer to a later request.
    await response.ping()
    expect(await readRest(createByteReader(response.body), response.next)).toBe('bc')
  })

  it('throws while another reader has it', async () => {
    await using response = await openBody()
    response.body.getReader()
    expect(() => createByteReader(response.body)).toThrow(TypeError)
  })

  it('is read through both branches after tee()', async () => {
    await using response = await openBody()
    const [one, other] = response.body.tee()
    const texts = Promise.all([
      readRest(createByteReader(one), response.next),
      readRest(createByteReader(other), () => {}),
    ])
    expect(await texts).toEqual(['abc', 'abc'])
  })

  it('fails with the error of fetch when the connection breaks', async () => {
    await using response = await openBody({ breaks: true })
    await expect(readRest(createByteReader(response.body), response.next)).rejects.toThrow(new TypeError('terminated'))
  })

  it('closes the connection when it is cancelled, and settles the pending read', async () => {
    await using response = await openBody()
    const reader = createByteReader(response.body)
    await reader.read()
    const pending = reader.read()
    reader.cancel()
    expect(await pending).toEqual({ done: true, value: undefined })
    await eventually(() => expect(response.isClosed()).toBe(true))
  })
})
