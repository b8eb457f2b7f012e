import { describe, expect, it } from 'vitest'
import { checkLoaded } from '../../../src/knowledge/indexing/check-loaded.ts'

const FROM = { documentId: 'a.txt', mediaType: 'text/x' }
const BLOCK = { kind: 'prose', start: 0, end: 5, textStart: 0, level: 0 }
const RECTANGLE = { start: 0, end: 5, x: 0, y: 0, width: 1, height: 1 }
const PAGE = { number: 1, start: 0, end: 5, rectangles: [RECTANGLE] }

describe('checkLoaded', () => {
  it('accepts text with blocks and pages that cover only a part of it', () => {
    const loaded = { text: 'hello world', title: 'T', blocks: [BLOCK], pages: [PAGE], place: 'page' }
    expect(checkLoaded(loaded, FROM)).toBe(loaded)
  })

  it.each([
    ['nothing', undefined, /no text/u],
    ['a string', 'hello', /no text/u],
    ['text of another type', { text: 7 }, /no text/u],
    ['a title that is an object', { title: {} }, /an object as the title/u],
    ['an unknown place', { place: 'line' }, /unknown place/u],
    ['blocks that are no list', { blocks: 'x' }, /blocks that are not a list/u],
    ['a block that is null', { blocks: [null] }, /null as blocks\[0\]/u],
    ['a hole among the blocks', { blocks: Array.from({ length: 1 }) }, /undefined as blocks\[0\]/u],
    ['a block of an unknown kind', { blocks: [{ ...BLOCK, kind: 'code' }] }, /blocks\[0\] of an unknown kind/u],
    ['a block behind the text', { blocks: [{ ...BLOCK, end: 99 }] }, /blocks\[0\] from 0 to 99/u],
    ['a block before the text', { blocks: [{ ...BLOCK, start: -1 }] }, /blocks\[0\] from -1/u],
    ['a block at NaN', { blocks: [{ ...BLOCK, start: NaN }] }, /blocks\[0\] from NaN/u],
    ['blocks that overlap', { blocks: [BLOCK, { ...BLOCK, start: 4, textStart: 4, end: 9 }] }, /blocks\[1\] from 4/u],
    ['a block whose text is outside', { blocks: [{ ...BLOCK, textStart: 6 }] }, /textStart/u],
    ['a level that is no number', { blocks: [{ ...BLOCK, level: 'h1' }] }, /level/u],
    ['a page that is null', { pages: [null] }, /null as pages\[0\]/u],
    ['pages that overlap', { pages: [PAGE, { ...PAGE, start: 4, end: 9 }] }, /pages\[1\] from 4/u],
    ['a page behind the text', { pages: [{ ...PAGE, end: 1e9 }] }, /pages\[0\] from 0 to 1000000000/u],
    ['page 0', { pages: [{ ...PAGE, number: 0 }] }, /pages\[0\] with a number/u],
    ['a page without rectangles', { pages: [{ ...PAGE, rectangles: undefined }] }, /pages\[0\]\.rectangles/u],
    [
      'a rectangle behind the text',
      { pages: [{ ...PAGE, rectangles: [{ ...RECTANGLE, end: 99 }] }] },
      /rectangles\[0\]/u,
    ],
    ['a rectangle at NaN', { pages: [{ ...PAGE, rectangles: [{ ...RECTANGLE, x: NaN }] }] }, /side/u],
  ])('refuses %s', (_, part, message) => {
    const loaded = typeof part === 'object' ? { text: 'hello world', ...part } : part
    expect(() => checkLoaded(loaded, FROM)).toThrow(message)
    expect(() => checkLoaded(loaded, FROM)).toThrow(/^Cannot index a\.txt: the loader for text\/x returned/u)
  })
})
