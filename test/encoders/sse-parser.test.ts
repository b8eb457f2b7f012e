import { describe, expect, it } from 'vitest'
import { createSseParser } from '../../src/encoders/sse-parser.ts'
import { toBytes } from '../support/bytes.ts'

describe('createSseParser', () => {
  it('completes an event that the end cut off, for a server that forgets the empty line', () => {
    const parser = createSseParser({ maxEventBytes: 100 })
    parser.feed(toBytes('data: 1\n\ndata: 2'))
    expect(parser.take()).toMatchObject([{ data: '1' }])
    parser.complete()
    expect(parser.take()).toMatchObject([{ data: '2' }])
    expect(parser.take()).toEqual([])
  })

  it('keeps what came before an event that is too large, and says why nothing follows', () => {
    const parser = createSseParser({ maxEventBytes: 8 })
    parser.feed(toBytes('data: 1\n\ndata: 123456789\n\ndata: 2\n\n'))
    expect(parser.take()).toMatchObject([{ data: '1' }])
    expect(parser.failure).toMatchObject({ code: 'upstream-bad-response' })
  })
})
