import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toNodeReadable } from '../../src/node.ts'
import { toReadableStream } from '../../src/web.ts'
import { collect } from '../support/bytes.ts'
import { anyText, eventsSaying } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'

describe('the plain text format of a stream', () => {
  it('X1: is the text of its tokens', async () => {
    expect(await textOf(['Hello', '', ' world\r\n'])).toBe('Hello world\r\n')
  })

  it('T2: keeps an emoji intact whose surrogate pair is split over two tokens', async () => {
    expect(await textOf(['smile \uD83D', '\uDE00!', '\uD83D', '', '\uDE00'])).toBe('smile 😀!😀')
  })

  it('T1, T2: is the same for any split into tokens, except for surrogates that are never paired', async () => {
    await fc.assert(
      fc.asyncProperty(anyText(), fc.nat({ max: 40 }), async (text, cut) => {
        const whole = text.toWellFormed()
        expect(await textOf([whole.slice(0, cut), whole.slice(cut)])).toBe(whole)
      }),
    )
  })

  it('X2: fails when the source fails, after the text so far', async () => {
    const source = drivenStream()
    for (const event of eventsSaying(['Hello']).slice(0, -1)) source.push(event)
    source.fail(new Error('postgres://secret'))
    const reader = toReadableStream(source, { format: 'text' }).getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('Hello')
    await expect(reader.read()).rejects.toMatchObject({ name: 'ChatError', code: 'internal' })
    await expect(reader.read()).rejects.not.toThrow('secret')
  })

  it('X2: also makes a Node stream fail', async () => {
    const source = drivenStream()
    source.fail(new Error('postgres://secret'))
    await expect(collect(toNodeReadable(source, { format: 'text' }))).rejects.toMatchObject({ code: 'internal' })
  })
})

/** The text that a client receives: each frame is converted to bytes separately. */
async function textOf(deltas: readonly string[]): Promise<string> {
  const source = drivenStream()
  for (const event of eventsSaying(deltas)) source.push(event)
  const frames = await collect(toReadableStream(source, { format: 'text' }))
  return Buffer.concat(frames).toString()
}
