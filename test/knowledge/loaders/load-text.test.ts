import { describe, expect, it } from 'vitest'
import type { Loader } from '../../../src/knowledge/documents/loaded-document.ts'
import { loadHtml } from '../../../src/knowledge/loaders/load-html.ts'
import { loadMarkdown } from '../../../src/knowledge/loaders/load-markdown.ts'
import { loadText } from '../../../src/knowledge/loaders/load-text.ts'

const { signal } = new AbortController()

interface Input {
  readonly documentId?: string
  readonly mediaType?: string
}

async function load(loader: Loader, content: string | Uint8Array, input: Input = {}) {
  return loader({ documentId: 'a.txt', mediaType: 'text/plain', content, signal, ...input })
}

async function codeOf(loader: Loader, content: string | Uint8Array, input?: Input): Promise<unknown> {
  return load(loader, content, input).then(
    () => 'no error',
    (error: { readonly code?: unknown }) => error.code,
  )
}

function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'))
  return isBigEndian ? new Uint8Array(Buffer.from(bytes).swap16()) : bytes
}

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52)
const latin1 = new Uint8Array(Buffer.from('<p>café', 'latin1'))

describe('loadText', () => {
  it('reads UTF-8, with or without a byte order mark', async () => {
    expect((await load(loadText, Buffer.from('größer 一'))).text).toBe('größer 一')
    expect((await load(loadText, Buffer.from('\uFEFFgrößer'))).text).toBe('größer')
    expect((await load(loadText, '\uFEFFgrößer')).text).toBe('größer')
  })

  it.each([true, false])('reads UTF-16 with a byte order mark (big-endian: %s)', async (isBigEndian) => {
    expect((await load(loadText, utf16('größer 😀', isBigEndian))).text).toBe('größer 😀')
  })

  it('reads the charset of the media type, unless a byte order mark says otherwise', async () => {
    const mediaType = 'text/plain; format=flowed; Charset="windows-1252"'
    expect((await load(loadText, Uint8Array.of(0x63, 0xe9, 0x80), { mediaType })).text).toBe('cé€')
    expect((await load(loadText, Buffer.from('\uFEFFé'), { mediaType })).text).toBe('é')
  })

  it('keeps line breaks and white space, so that offsets are those of the file', async () => {
    expect((await load(loadText, ' a\r\n\tb\r\n')).text).toBe(' a\r\n\tb\r\n')
  })

  it('reads prose by its words, and code by its lines, in which nothing is a heading', async () => {
    const code = '# comment\nx = 1\n\n  \n- y\r\n'
    expect(await load(loadText, code)).toEqual({ text: code, place: 'words' })
    for (const input of [{ documentId: 'src/a.py' }, { mediaType: 'application/json' }, { documentId: 'Makefile' }]) {
      const { blocks = [], place } = await load(loadText, code, input)
      expect(place).toBe('lines')
      expect(blocks.map(({ kind, start, end }) => [kind, code.slice(start, end)])).toEqual([
        ['verbatim', '# comment\nx = 1'],
        ['verbatim', '- y'],
      ])
    }
  })

  it('reads a log of 40 MB without empty lines', async () => {
    const { blocks } = await load(loadText, 'one line of a log\n'.repeat(2_200_000), { documentId: 'a.log' })
    expect(blocks).toHaveLength(1)
  })

  it.each([
    ['an image', png],
    ['a NUL', 'a\0b'],
    ['a run of control characters', `text ${'\u0001'.repeat(8)} text`],
    ['many control characters', '\u0001a\u0002b'.repeat(9)],
    ['UTF-16 without a byte order mark', new Uint8Array(Buffer.from('text', 'utf16le'))],
    ['invalid UTF-8', latin1],
    ['half a character at the end', Buffer.from('é').subarray(0, 1)],
  ])('rejects %s', async (_, content) => {
    expect(await codeOf(loadText, content)).toBe('not-text')
  })

  it('takes the colours of a terminal for text', async () => {
    expect(await codeOf(loadText, '\u001b[32mok\u001b[0m \u001b[31mfailed\u001b[0m\f\b')).toBe('no error')
  })

  it('says how to name the encoding, and which one is unknown', async () => {
    await expect(load(loadText, latin1)).rejects.toThrow(
      /^Cannot read a\.txt as text: it is not valid utf-8\. Save it/u,
    )
    await expect(load(loadText, latin1, { mediaType: 'text/plain;charset=klingon' })).rejects.toThrow(
      'Cannot read a.txt: the charset "klingon" is unknown',
    )
  })

  it.each(['', ' \r\n\t', '\uFEFF', '\u200b'])('rejects the text %j, which is empty', async (text) => {
    expect(await codeOf(loadText, text)).toBe('empty')
    expect(await codeOf(loadMarkdown, text)).toBe('empty')
  })

  it('rejects a content of 1 GB before it decodes it', async () => {
    expect(await codeOf(loadText, new Uint8Array(2 ** 30))).toBe('too-large')
  })

  it('replaces unpaired surrogates, which no encoding can represent', async () => {
    expect((await load(loadText, 'a\ud800b')).text).toBe('a�b')
  })
})

describe('loadMarkdown', () => {
  const titleOf = async (text: string) => (await load(loadMarkdown, text)).title

  it('takes the title of the front matter, else the first heading of level 1', async () => {
    expect(await titleOf('---\ntags: [a]\ntitle: Front matter # a comment\n---\n# Heading')).toBe('Front matter')
    expect(await titleOf('---\r\ntitle: "A \\"quoted\\" one"\r\n---\r\n')).toBe('A "quoted" one')
    expect(await titleOf("---\ntitle: 'It''s'\n---\n")).toBe("It's")
    expect(await titleOf('---\nother: 1\n---\n## Sub\n\n# The `heading` #\n')).toBe('The heading')
    expect(await titleOf('---\ntitle:\n---\n# Heading')).toBe('Heading')
    expect(await titleOf('text\n\n---\ntitle: no\n---\n')).toBeUndefined()
    expect(await titleOf('```\n# comment\n```\n')).toBeUndefined()
  })

  it('gives the blocks of the text, to be found by their words', async () => {
    const { blocks, place } = await load(loadMarkdown, '\uFEFF# One\n\nTwo.')
    expect(blocks?.map(({ kind, start }) => [kind, start])).toEqual([
      ['heading', 0],
      ['prose', 7],
    ])
    expect(place).toBe('words')
  })
})

describe('loadHtml', () => {
  const page = (charset: string) => `<html><head><meta charset=${charset}></head><body>`

  it('reads bytes in the encoding of a byte order mark, the media type or a meta element', async () => {
    const bytes = (start: string) => new Uint8Array(Buffer.concat([Buffer.from(start), Uint8Array.of(0xe9, 0x80)]))
    expect((await load(loadHtml, bytes(page('"windows-1252"')))).text).toBe('é€')
    expect((await load(loadHtml, bytes('<meta http-equiv=x content="text/html; charset=cp1252">'))).text).toBe('é€')
    expect((await load(loadHtml, bytes(''), { mediaType: 'text/html; charset=windows-1252' })).text).toBe('é€')
    expect((await load(loadHtml, utf16(`${page('utf-8')}é`, false))).text).toBe('é')
    expect((await load(loadHtml, Buffer.from(`${page('utf-16')}é`))).text).toBe('é')
  })

  it('reads invalid bytes and unknown encodings as browsers do', async () => {
    expect((await load(loadHtml, latin1)).text).toBe('café')
    expect((await load(loadHtml, Buffer.from(`${page('klingon')}é`))).text).toBe('é')
  })

  it('rejects a binary file', async () => {
    expect(await codeOf(loadHtml, png)).toBe('not-text')
  })

  it('ends with the reason of its signal', async () => {
    const reason = new Error('stopped')
    const input = { documentId: 'a', mediaType: 'text/html', content: 'x', signal: AbortSignal.abort(reason) }
    await expect(loadHtml(input)).rejects.toBe(reason)
  })
})
