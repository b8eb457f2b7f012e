import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pdfLoader } from '../../../../src/knowledge/loaders/pdf-loader.ts'
import { errorOf, loadBytes } from '../../../support/load-bytes.ts'
import { deflated, rawPdf, textAt, textPages, type RawObject } from '../../../support/raw-pdf.ts'

const load = pdfLoader()
const HELLO = textPages([textAt(72, 700, 'Penguins huddle.'), textAt(72, 700, 'They keep warm.')])

/** Replaces text in the objects of a PDF. */
function replaced(objects: readonly RawObject[], from: string, to: string): readonly RawObject[] {
  return objects.map((object) => (typeof object === 'string' ? object.replace(from, to) : object))
}

describe('pdfLoader', () => {
  it('returns the text with its pages, and a rectangle for each text from the upper left corner', async () => {
    const { text, pages, place } = await loadBytes(load, rawPdf(HELLO))
    expect(text).toBe('Penguins huddle.\n\nThey keep warm.')
    expect(place).toBe('page')
    expect(pages?.map(({ number, start, end }) => [number, text.slice(start, end)])).toEqual([
      [1, 'Penguins huddle.'],
      [2, 'They keep warm.'],
    ])
    const [rectangle] = pages?.[1]?.rectangles ?? []
    expect(rectangle).toMatchObject({ start: 18, end: 33, x: 72 })
    // The baseline is 92 points below the upper edge of a page of 792 points.
    expect(rectangle?.y).toBeGreaterThan(79)
    expect((rectangle?.y ?? 0) + (rectangle?.height ?? 0)).toBeLessThan(96)
    expect(rectangle?.width).toBeGreaterThan(80)
  })

  it('places texts on a rotated page as they are shown', async () => {
    const { pages } = await loadBytes(
      load,
      rawPdf(replaced(HELLO, '/Type /Page /Parent', '/Rotate 90 /Type /Page /Parent')),
    )
    const [rectangle] = pages?.[0]?.rectangles ?? []
    // Rotated clockwise, a text near the upper left corner stands at the right edge and runs down.
    expect(rectangle?.x).toBeGreaterThan(690)
    expect(rectangle?.y).toBeCloseTo(72)
    expect(rectangle?.height).toBeGreaterThan(4 * (rectangle?.width ?? Infinity))
  })

  it('places texts in a cropped page, and leaves out those outside of it', async () => {
    const outside = textPages([textAt(72, 700, 'Inside.') + textAt(72, 60, 'Outside.')])
    const { text, pages } = await loadBytes(
      load,
      rawPdf(replaced(outside, '/Type /Page /Parent', '/CropBox [50 100 550 750] /Type /Page /Parent')),
    )
    expect(text).toBe('Inside.')
    expect(pages?.[0]?.rectangles[0]?.x).toBeCloseTo(22)
    expect(pages?.[0]?.rectangles[0]?.y).toBeLessThan(50)
  })

  it('has the title of the metadata, unless a program wrote it', async () => {
    const withTitle = (title: string): Uint8Array =>
      rawPdf([...HELLO, `<< /Title (${title}) >>`], { trailer: `/Info ${HELLO.length + 1} 0 R` })
    expect((await loadBytes(load, withTitle('About penguins'))).title).toBe('About penguins')
    expect((await loadBytes(load, withTitle('Microsoft Word - a1.doc'))).title).toBeUndefined()
    expect((await loadBytes(load, withTitle('scan0001.pdf'))).title).toBeUndefined()
  })

  it('does not change the bytes that it is given', async () => {
    const bytes = rawPdf(HELLO)
    const before = bytes.slice()
    await loadBytes(load, bytes)
    await loadBytes(pdfLoader({ isolate: false }), bytes)
    expect(bytes).toEqual(before)
  })

  it('reads a PDF in a larger buffer', async () => {
    const bytes = rawPdf(HELLO)
    const buffer = new Uint8Array(bytes.length + 2000)
    buffer.set(bytes, 1000)
    const { text } = await loadBytes(load, buffer.subarray(1000, 1000 + bytes.length))
    expect(text).toContain('Penguins')
  })

  it('returns the same in a thread and without one', async () => {
    const bytes = rawPdf(HELLO)
    expect(await loadBytes(pdfLoader({ isolate: false }), bytes)).toEqual(await loadBytes(load, bytes))
  })

  it('loads many at a time', async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `Text number ${index}.`)
    const documents = await Promise.all(
      texts.map((text) => loadBytes(load, rawPdf(textPages([textAt(72, 700, text)])))),
    )
    expect(documents.map(({ text }) => text)).toEqual(texts)
  })

  it('rejects unknown options by name', () => {
    expect(() => pdfLoader({ maxPage: 3 } as object)).toThrow('Did you mean maxPages?')
    expect(() => pdfLoader({ maxPages: 0 })).toThrow('Cannot use maxPages 0')
  })
})

describe('pdfLoader and encryption', () => {
  it('opens a PDF with an empty password', async () => {
    const { text } = await loadBytes(load, rawPdf(HELLO, { password: '' }))
    expect(text).toContain('Penguins huddle.')
  })

  it('fails for one with a password', async () => {
    expect(await errorOf(load, rawPdf(HELLO, { password: 'secret' }))).toBe(
      'password-protected: Cannot read report: it needs a password. Save it without one',
    )
  })
})

describe('pdfLoader and damaged files', () => {
  it.each([
    ['a text', 'Penguins', 'damaged: Cannot read report: a PDF must be passed as bytes, not as text'],
    ['another file', new TextEncoder().encode('Penguins'), 'damaged: Cannot read report: it is not a PDF'],
    ['an empty file', new Uint8Array(), 'damaged: Cannot read report: it is not a PDF'],
    [
      'a truncated file',
      rawPdf(HELLO).subarray(0, 500),
      'damaged: Cannot read report: it is truncated: its end is missing',
    ],
    [
      'a truncated file for the web',
      new TextEncoder().encode('%PDF-1.7\n1 0 obj << /Linearized 1 /L 90000 >>\n%%EOF'),
      'damaged: Cannot read report: it is truncated: its end is missing',
    ],
    [
      'a file without objects',
      new TextEncoder().encode('%PDF-1.7\nstartxref\n9\n%%EOF'),
      'damaged: Cannot read report: it is damaged: its structure cannot be read',
    ],
    [
      'a page tree that is a cycle',
      rawPdf([
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Kids [3 0 R] /Count 2 >>',
        '<< /Type /Pages /Kids [2 0 R] /Count 2 /Parent 2 0 R >>',
      ]),
      'damaged: Cannot read report: its page 1 is damaged',
    ],
    [
      'arrays that are nested a million times',
      rawPdf(replaced(HELLO, '/MediaBox', `/Nested ${'['.repeat(1_000_000)} /MediaBox`)),
      'damaged: Cannot read report: it is damaged: its structure cannot be read',
    ],
    [
      'a file without text',
      rawPdf(textPages(['0 0 100 100 re f', ''])),
      'empty: Cannot read report: it has only images and no text. Recognize its text first (OCR)',
    ],
  ])('fails for %s', async (_, content, message) => {
    expect(await errorOf(load, content)).toBe(message)
  })

  it('reads a page tree that is 10,000 levels deep', async () => {
    const levels = 10_000
    const tree = Array.from({ length: levels }, (_, index) => `<< /Type /Pages /Kids [${index + 5} 0 R] /Count 1 >>`)
    const bytes = rawPdf([
      '<< /Type /Catalog /Pages 4 0 R >>',
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
      { data: textAt(72, 700, 'Deep.') },
      ...tree,
      `<< /Type /Page /Parent ${levels + 3} 0 R /MediaBox [0 0 612 792] /Contents 3 0 R
        /Resources << /Font << /F1 2 0 R >> >> >>`,
    ])
    expect((await loadBytes(load, bytes)).text).toBe('Deep.')
  })

  it('reads the pages that are there if their number is a lie', async () => {
    const { text, pages } = await loadBytes(load, rawPdf(replaced(HELLO, '/Count 2', '/Count 1000000000')))
    expect(text).toContain('They keep warm.')
    expect(pages).toHaveLength(2)
  })

  it('names the character map that a Chinese PDF does not contain', async () => {
    const bytes = rawPdf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 612 792] >>',
      `<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>`,
      '<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>',
      { data: 'BT /F1 12 Tf 72 700 Td <4F60597D> Tj ET' },
      `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R
        /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>`,
      '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /Ascent 880 /Descent -120 >>',
    ])
    expect(await errorOf(load, bytes)).toMatch(/^unsupported: .* needs the character map UniGB-UCS2-H.*cMapFolder/)
  })
})

describe('pdfLoader and limits', () => {
  it('fails above maxPages', async () => {
    expect(await errorOf(pdfLoader({ maxPages: 1 }), rawPdf(HELLO))).toBe(
      'too-large: Cannot read report: it has 2 pages, and the limit is 1 (maxPages)',
    )
  })

  it('fails above maxTextChars', async () => {
    expect(await errorOf(pdfLoader({ maxTextChars: 20 }), rawPdf(HELLO))).toBe(
      'too-large: Cannot read report: it has more than 20 characters of text (maxTextChars)',
    )
  })

  it('fails for a page of a million texts', async () => {
    const bytes = rawPdf(textPages([deflated(textAt(72, 700, 'a').repeat(1_000_000))]))
    expect(bytes.length).toBeLessThan(300_000)
    expect(await errorOf(load, bytes)).toBe('too-large: Cannot read report: its page 1 has more than 200000 texts')
  })

  it('fails for a stream that grows to 290 MB, and reads the next document', async () => {
    const bytes = rawPdf(textPages([deflated(Buffer.alloc(290_000_000, ' '))]))
    expect(bytes.length).toBeLessThan(500_000)
    expect(await errorOf(load, bytes)).toBe(
      'too-large: Cannot read report: it has a stream that grows to more than 268435456 bytes',
    )
    expect((await loadBytes(load, rawPdf(HELLO))).text).toContain('Penguins')
  })

  it('fails for a stream that is compressed twice', async () => {
    const data = deflateSync(deflateSync(Buffer.alloc(290_000_000, ' ')))
    const bytes = rawPdf(textPages([{ entries: '/Filter [/FlateDecode /FlateDecode]', data }]))
    expect(await errorOf(load, bytes)).toMatch(/^(?:too-large|damaged): Cannot read report: /)
  })

  it('fails after timeoutMs while the event loop goes on, and reads the next document', async () => {
    const slow = rawPdf(textPages([deflated(Buffer.alloc(250_000_000, ' '))]))
    let turns = 0
    const timer = setInterval(() => (turns += 1), 1)
    const message = await errorOf(pdfLoader({ timeoutMs: 100 }), slow)
    clearInterval(timer)
    expect(message).toBe('too-large: Cannot read report: it takes longer than 100 ms (timeoutMs)')
    expect(turns).toBeGreaterThan(1)
    expect((await loadBytes(load, rawPdf(HELLO))).text).toContain('Penguins')
  })

  it('ends at once with the reason of its signal', async () => {
    const slow = rawPdf(textPages([deflated(Buffer.alloc(250_000_000, ' '))]))
    const controller = new AbortController()
    const reason = new Error('The user left')
    const loading = loadBytes(load, slow, { signal: controller.signal })
    setImmediate(() => controller.abort(reason))
    await expect(loading).rejects.toBe(reason)
    await expect(loadBytes(load, slow, { signal: controller.signal })).rejects.toBe(reason)
  })
})
