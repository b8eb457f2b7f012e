import { describe, expect, it } from 'vitest'
import { citationLinks, stripCitations } from '../../src/markdown.ts'
import { placeCitations } from '../../src/markdown/place-citations.ts'
import { cpuMs } from '../support/cpu-ms.ts'
import { cite } from './cite.ts'

describe('placeCitations', () => {
  it('takes linear time, also for the worst answers', async () => {
    for (const text of ['a [1]', '**[1]', '\\[1]', '\ufdd1[1]', '&#xFDD1;[1]']) {
      const result = cite(text.repeat(20_000))
      const spentMs = await cpuMs(() => {
        const placed = placeCitations(result, result.answer)
        expect(placed?.restore(placed.markdown)).toBe(result.answer)
        expect(placed?.split(placed.markdown).length).toBeGreaterThanOrEqual(20_000)
        expect(citationLinks(result)).toContain('#source-1')
        expect(stripCitations(result).length).toBeLessThan(result.answer.length)
      })
      expect(spentMs, text).toBeLessThan(2000)
    }
  })
})
