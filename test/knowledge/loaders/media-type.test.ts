import { describe, expect, it } from 'vitest'
import { extensionOf, isReadByLine, mediaTypeOf } from '../../../src/knowledge/loaders/media-type.ts'

describe('mediaTypeOf', () => {
  it.each([
    ['docs/a.md', 'text/markdown'],
    ['a.MDX', 'text/markdown'],
    ['a.html', 'text/html'],
    ['a.htm', 'text/html'],
    ['a.pdf', 'application/pdf'],
    ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['a.json', 'application/json'],
    ['a.csv', 'text/csv'],
    ['a.ts', 'text/plain'],
    ['a.txt', 'text/plain'],
    ['a.unknown', 'text/plain'],
    ['record 17', 'text/plain'],
    ['docs.md/17', 'text/plain'],
    ['', 'text/plain'],
    ['__proto__', 'text/plain'],
    ['a.png', 'image/png'],
  ])('gives the type of %s', (documentId, mediaType) => {
    expect(mediaTypeOf(documentId)).toBe(mediaType)
  })
})

describe('isReadByLine', () => {
  it('is true for code, configuration and data', () => {
    const ids = ['a.ts', 'a/b.PY', 'a.json', 'a.csv', 'Dockerfile', 'a.yaml']
    expect(ids.filter(isReadByLine)).toEqual(ids)
    expect(['a.txt', 'a.md', 'README', 'a.rst', ''].filter(isReadByLine)).toEqual([])
  })
})

describe('extensionOf', () => {
  it('takes what is behind the last dot of the name', () => {
    expect(['a.tar.GZ', 'b/c.d/Makefile', String.raw`c\d.md`, '.env', 'a.'].map(extensionOf)).toEqual([
      'gz',
      'makefile',
      'md',
      'env',
      '',
    ])
  })
})
