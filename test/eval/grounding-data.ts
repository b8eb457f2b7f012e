import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readXquad } from './xquad.ts'

/** A claim, the text to check it against, and the labels that people gave. */
export interface JudgedClaim {
  readonly claim: string
  readonly source: string
  readonly isAttributable: boolean
}

/** A sentence and its paragraph. */
export interface PlacedSentence {
  readonly sentence: string
  readonly paragraph: string
}

/** Reads the answers of BEGIN (Wizard of Wikipedia, dev) with the knowledge they were given. */
export async function readBegin(dataDir: string): Promise<readonly JudgedClaim[]> {
  const [, ...lines] = (await readFile(join(dataDir, 'begin-dev-wow.tsv'), 'utf8')).trim().split('\n')
  return lines.map((line) => {
    const [, , source = '', , claim = '', label = ''] = line.split('\t')
    return { claim, source, isAttributable: label.trim() === 'Fully attributable' }
  })
}

/** Reads the sentences of the paragraphs of XQuAD. */
export function readSentences(dataDir: string, language: 'en' | 'zh'): readonly PlacedSentence[] {
  const segmenter = new Intl.Segmenter(language, { granularity: 'sentence' })
  return readXquad(dataDir, language).documents.flatMap(({ text: paragraph }) =>
    Array.from(segmenter.segment(paragraph), ({ segment }) => ({ sentence: segment.trim(), paragraph })),
  )
}
