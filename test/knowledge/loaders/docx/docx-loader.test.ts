import { createServer } from 'node:http'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { DocumentError } from '../../../../src/knowledge/documents/document-error.ts'
import { docxLoader } from '../../../../src/knowledge/loaders/docx-loader.ts'
import { errorOf, loadBytes } from '../../../support/load-bytes.ts'
import { docxFiles, paragraph, table, zip, type RawFile } from '../../../support/raw-docx.ts'

const load = docxLoader()
const PENGUINS =
  paragraph('Penguins', 'berschrift1') +
  paragraph('They huddle &amp; keep warm.') +
  paragraph('Food', 'berschrift2') +
  table([
    ['Species', 'Prey'],
    ['Emperor', 'Fish'],
  ])

/** Returns the files with one of them changed. */
function changed(files: readonly RawFile[], name: string, change: Partial<RawFile>): readonly RawFile[] {
  return files.map((file) => (file.name === name ? { ...file, ...change } : file))
}

describe('docxLoader', () => {
  it('returns headings, paragraphs and tables as blocks', async () => {
    const { text, blocks = [], pages, place } = await loadBytes(load, zip(docxFiles(PENGUINS)))
    const parts = blocks.map(({ kind, level, textStart, end }) => [kind, level, text.slice(textStart, end)])
    expect(parts.slice(0, 3)).toEqual([
      ['heading', 1, 'Penguins'],
      ['prose', 0, 'They huddle & keep warm.'],
      ['heading', 2, 'Food'],
    ])
    expect(parts.slice(3).map(([kind]) => kind)).toEqual(['verbatim'])
    expect(text).toMatch(/Emperor.*Fish/)
    expect(pages).toBeUndefined()
    expect(place).toBeUndefined()
  })

  it('has the title of the properties, else that of the text', async () => {
    const withTitle = zip(docxFiles(PENGUINS, { title: 'Birds &amp; ice' }))
    expect((await loadBytes(load, withTitle)).title).toBe('Birds & ice')
    const styled = zip(docxFiles(paragraph('All about birds', 'Titel') + PENGUINS))
    expect((await loadBytes(load, styled)).title).toBe('All about birds')
  })

  it('returns the same in a thread and without one', async () => {
    const bytes = zip(docxFiles(PENGUINS))
    expect(await loadBytes(docxLoader({ isolate: false }), bytes)).toEqual(await loadBytes(load, bytes))
  })

  it('ignores macros, media and embedded files, however large they say they are', async () => {
    const files = [
      ...docxFiles(PENGUINS),
      { name: 'word/vbaProject.bin', content: 'macro', declaredSize: 4_000_000_000 },
      { name: 'word/media/image1.png', content: 'image', declaredSize: 4_000_000_000 },
      { name: 'word/embeddings/sheet.xml', content: 'sheet', declaredSize: 4_000_000_000 },
    ]
    expect((await loadBytes(load, zip(files))).text).toContain('They huddle')
  })

  it('does not open the address of an image', async () => {
    const requests: string[] = []
    const server = createServer((request, response) => {
      requests.push(request.url ?? '')
      response.end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const image = (id: string): string =>
      `<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:link="${id}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`
    const relationships = `<Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="http://127.0.0.1:${port}/image.png" TargetMode="External"/>`
    const { text } = await loadBytes(load, zip(docxFiles(image('rId7') + PENGUINS, { relationships })))
    server.close()
    expect(text).toContain('They huddle')
    expect(requests).toEqual([])
  })

  it('rejects unknown options by name', () => {
    expect(() => docxLoader({ maxXml: 3 } as object)).toThrow('maxXmlBytes')
  })
})

describe('docxLoader and bad input', () => {
  const OLE = Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
  const ole = (content: string): Uint8Array => Buffer.concat([OLE, Buffer.alloc(504), Buffer.from(content, 'utf16le')])
  const files = docxFiles(PENGUINS)
  const part = 'word/document.xml'

  it.each([
    ['a text', 'Penguins', 'damaged: Cannot read report: a DOCX must be passed as bytes, not as text'],
    ['another file', new TextEncoder().encode('Penguins'), 'damaged: Cannot read report: it is not a DOCX'],
    ['an empty file', new Uint8Array(), 'damaged: Cannot read report: it is not a DOCX'],
    [
      'a DOC of Word 97',
      ole('WordDocument'),
      'unsupported: Cannot read report: it is a DOC of Word 97 to 2003. Save it as DOCX',
    ],
    [
      'an encrypted DOCX',
      ole('EncryptedPackage'),
      'password-protected: Cannot read report: it needs a password. Save it without one',
    ],
    [
      'an encrypted archive',
      zip(changed(files, part, { flags: 1 })),
      'password-protected: Cannot read report: it needs a password. Save it without one',
    ],
    [
      'a truncated archive',
      zip(files).subarray(0, 900),
      'damaged: Cannot read report: its ZIP archive is damaged: its end is missing',
    ],
    [
      'another archive',
      zip([{ name: 'xl/workbook.xml', content: '<workbook/>' }]),
      'damaged: Cannot read report: it is not a document of Word',
    ],
    [
      'broken XML',
      zip(changed(files, part, { content: 'no XML' })),
      'damaged: Cannot read report: it is damaged: its text cannot be read',
    ],
    [
      'entities of a document type',
      zip(changed(files, part, { content: '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>' })),
      'damaged: Cannot read report: it is damaged: word/document.xml in it declares a document type',
    ],
    ['no text', zip(docxFiles('')), 'empty: Cannot index report: it has no text'],
    [
      'a declared size above the limit',
      zip(changed(files, part, { declaredSize: 3_000_000_000 })),
      /^too-large: Cannot read report: its texts grow to 30000\d+ bytes, and the limit is 67108864 \(maxXmlBytes\)$/,
    ],
    [
      'a size that is larger than declared',
      zip(changed(files, part, { content: 'x'.repeat(50_000_000), declaredSize: 1000 })),
      'damaged: Cannot read report: it is damaged: word/document.xml in it cannot be decompressed',
    ],
    [
      'a size that is smaller than declared',
      zip(changed(files, part, { declaredSize: 100_000 })),
      'damaged: Cannot read report: it is damaged: word/document.xml in it does not have its declared size',
    ],
  ])('fails for %s', async (_, content, message) => {
    const error = await errorOf(load, content)
    if (typeof message === 'string') expect(error).toBe(message)
    else expect(error).toMatch(message)
  })

  it('fails for every damaged byte, or reads the text, and never hangs', async () => {
    const bytes = zip(files)
    const outcomes = new Set<string>()
    for (let at = 4; at < bytes.length; at += 97) {
      const damaged = bytes.map((byte, index) => (index === at ? byte ^ 0xff : byte))
      const outcome = loadBytes(load, damaged).then(
        () => 'loaded',
        (thrown: unknown) => (thrown instanceof DocumentError ? 'DocumentError' : String(thrown)),
      )
      outcomes.add(await outcome)
    }
    expect([...outcomes].toSorted()).toEqual(['DocumentError', 'loaded'])
  })

  it('fails for elements that are nested a hundred thousand times', async () => {
    const deep = `${'<w:sdt><w:sdtContent>'.repeat(100_000)}${'</w:sdtContent></w:sdt>'.repeat(100_000)}`
    expect(await errorOf(load, zip(docxFiles(deep)))).toMatch(/^(?:damaged|empty|too-large|unreadable): Cannot /)
    expect((await loadBytes(load, zip(files))).text).toContain('They huddle')
  })
})
