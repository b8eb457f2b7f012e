import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeLines } from '../../src/encoders/decode-lines.ts'
import { byteSource, collect, collectUntilThrow, cutAt, cutEvery, toBytes, toWebStream } from '../support/bytes.ts'

const LINES = ['{"a":1}', '', '"grün"', '', '', '"你好 😀"', '"\u2028"']

describe('decodeLines', () => {
  it.each([
    ['LF', '\n', ''],
    ['CRLF', '\r\n', ''],
    ['a byte order mark', '\n', '\uFEFF'],
  ])('F22: gives the same values for every cut, with %s', async (_name, end, mark) => {
    const bytes = toBytes(mark + LINES.map((line) => line + end).join(''))
    const expected = LINES.filter((line) => line !== '')
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await decode(cutAt(bytes, [cut])), `cut before byte ${cut}`).toEqual(expected)
    }
    for (const size of [1, 2, 7]) expect(await decode(cutEvery(size, bytes))).toEqual(expected)
  })

  it('T7: reads any JSON for any cuts, from an iterable and from a web stream', async () => {
    const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.json(), { maxLength: 5 }), cuts, async (lines, places) => {
        const bytes = toBytes(lines.map((line) => `${line}\n`).join(''))
        const pieces = cutAt(
          bytes,
          places.filter((place) => place <= bytes.length),
        )
        expect(await decode(pieces)).toEqual(lines.map((line) => line.toWellFormed()))
        expect((await collect(decodeLines(toWebStream(byteSource(pieces)), LARGE))).flat()).toHaveLength(lines.length)
      }),
      { numRuns: 300 },
    )
  })

  it('drops an incomplete line at the end', async () => {
    expect(await decode(['one\ntw', 'o'].map(toBytes))).toEqual(['one'])
  })

  it.each(['12345678901234567', '12345678901234567\nnever\n'])(
    'rejects the line %j, which is too long, for every cut',
    async (long) => {
      const bytes = toBytes(`one\n\n${long}`)
      for (const size of [1, 5, bytes.length]) {
        const source = byteSource(cutEvery(size, bytes), 'hang')
        const { items, thrown } = await collectUntilThrow(decodeLines(source, { maxEventBytes: 16 }))
        expect(items.flat(), `in pieces of ${size}`).toEqual(['one'])
        expect(thrown).toMatchObject({
          code: 'upstream-bad-response',
          message: expect.stringContaining('maxEventBytes'),
        })
        expect(source.returned).toBe(true)
      }
    },
  )

  it('T8: joins a line of 4 MiB from pieces of 4 KiB', async () => {
    const piece = toBytes('a'.repeat(4_096))
    const pieces = [...Array.from({ length: 1_024 }, () => piece), toBytes('\n')]
    expect(await decode(pieces)).toEqual(['a'.repeat(2 ** 22)])
  })

  it('passes on an error of its source', async () => {
    const error = new Error('reset')
    const { items, thrown } = await collectUntilThrow(decodeLines(byteSource([toBytes('one\ntwo')], { error }), LARGE))
    expect(items.flat()).toEqual(['one'])
    expect(thrown).toBe(error)
  })

  it('returns its source at once, also while a read is pending', async () => {
    const source = byteSource([], 'hang')
    const batches = decodeLines(source, LARGE)
    void batches.next()
    expect(await batches.return?.()).toEqual({ done: true, value: undefined })
    expect(source.returned).toBe(true)
  })
})

const LARGE = { maxEventBytes: Infinity }

async function decode(pieces: readonly Uint8Array[]): Promise<readonly string[]> {
  return (await collect(decodeLines(byteSource(pieces), LARGE))).flat()
}
