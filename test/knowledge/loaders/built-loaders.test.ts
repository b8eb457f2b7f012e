import { loadPdf } from 'ragwire/knowledge'
import { expect, it } from 'vitest'
import { loadBytes } from '../../support/load-bytes.ts'
import { rawPdf, textAt, textPages } from '../../support/raw-pdf.ts'

it('finds the file of its thread in the built package', async () => {
  const { text } = await loadBytes(loadPdf, rawPdf(textPages([textAt(72, 700, 'Penguins huddle.')])))
  expect(text).toBe('Penguins huddle.')
})
