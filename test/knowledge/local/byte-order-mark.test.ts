import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeSse } from '../../../src/encoders/decode-sse.ts'
import { localRetriever } from '../../../src/local.ts'
import { readNdjson, type ByteSource } from '../../../src/ndjson.ts'
import { byteSource, collect, cutEvery, toBytes } from '../../support/bytes.ts'

const MARK = '\uFEFF'
const { signal } = new AbortController()

describe('a byte order mark', () => {
  it.each([
    [0, 'Green tea is steeped at 80 °C.'],
    [1, 'Green tea is steeped at 80 °C.'],
    [2, `${MARK}Green tea is steeped at 80 °C.`],
    [3, `${MARK}${MARK}Green tea is steeped at 80 °C.`],
  ])('C13: is removed once from a file that starts with %i of them', async (marks, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'ragwire-bom-'))
    const file = join(folder, 'tea.txt')
    await writeFile(file, `${MARK.repeat(marks)}Green tea is steeped at 80 °C.\n`)
    const text = await readFile(file, 'utf8')
    const [found] = await localRetriever([{ documentId: 'tea', text }]).retrieve('green tea', { topK: 1, signal })
    await rm(folder, { recursive: true })
    expect(found?.chunk.text).toBe(expected)
    const { start, end } = found?.chunk.location ?? {}
    expect(text.slice(start, end)).toBe(expected)
  })

  it('C13: does not hide the title of a document', async () => {
    const text = `${MARK}# Tea\n\nGreen tea is steeped at 80 °C.`
    const [found] = await localRetriever([{ documentId: 'd', text }]).retrieve('green tea', { topK: 1, signal })
    expect(found?.chunk.title).toBe('Tea')
  })

  it.each([
    [1, ['a', 'b']],
    [2, ['b']],
  ])(
    'C13: is removed once from an event stream that starts with %i of them, for every cut',
    async (marks, expected) => {
      const bytes = toBytes(`${MARK.repeat(marks)}data: a\n\ndata: b\n\n`)
      for (const size of [1, 2, 3, 100]) {
        const batches = await collect(decodeSse(byteSource(cutEvery(size, bytes)), { maxEventBytes: 1_000 }))
        expect(batches.flat().map(({ data }) => data)).toEqual(expected)
      }
    },
  )

  it('C13: is removed once from lines of JSON', async () => {
    const lines = (marks: number): ByteSource => byteSource([toBytes(`${MARK.repeat(marks)}{"type":"done","seq":0}\n`)])
    expect(await collect(readNdjson(lines(1)))).toHaveLength(1)
    await expect(collect(readNdjson(lines(2)))).rejects.toMatchObject({ code: 'upstream-bad-response' })
  })
})
