import { describe, expect, it } from 'vitest'
import { findRectangles } from '../../../src/knowledge/documents/find-rectangles.ts'

const text = 'Penguins huddle to keep warm.'
const rectangles = [
  { start: 0, end: 8, x: 10, y: 100, width: 80, height: 10 },
  { start: 9, end: 15, x: 94, y: 100, width: 60, height: 10 },
  { start: 16, end: 29, x: 10, y: 112, width: 130, height: 10 },
]

describe('findRectangles', () => {
  it('returns one rectangle for each line', () => {
    expect(findRectangles(rectangles, { text, start: 0, end: 29 })).toEqual([
      { x: 10, y: 100, width: 144, height: 10 },
      { x: 10, y: 112, width: 130, height: 10 },
    ])
  })

  it('cuts a rectangle to the part', () => {
    const [rectangle] = findRectangles(rectangles, { text, start: 19, end: 23 })
    expect(rectangle?.x).toBeGreaterThan(30)
    expect(rectangle?.x).toBeLessThan(60)
    expect(rectangle?.width).toBeGreaterThan(30)
    expect(rectangle?.width).toBeLessThan(60)
  })

  it('takes offsets of the document with the text of a chunk', () => {
    const chunk = { text: text.slice(9), textStart: 9 }
    expect(findRectangles(rectangles, { ...chunk, start: 19, end: 23 })).toEqual(
      findRectangles(rectangles, { text, start: 19, end: 23 }),
    )
  })

  it('cuts a text that is read from right to left at its other side', () => {
    const arabic = { start: 0, end: 8, x: 0, y: 0, width: 80, height: 10 }
    const [rectangle] = findRectangles([arabic], { text: 'البطاريق', start: 0, end: 4 })
    expect(rectangle).toEqual({ x: 40, y: 0, width: 40, height: 10 })
  })

  it('returns none for a part that has none', () => {
    expect(findRectangles(rectangles, { text, start: 8, end: 9 })).toEqual([])
  })
})
