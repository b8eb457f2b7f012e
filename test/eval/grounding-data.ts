import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A claim, what it is checked against, and what people say about the two. */
export interface JudgedClaim {
  readonly claim: string
  readonly source: string
  readonly isAttributable: boolean
}

/** A sentence and the paragraph that it stands in. */
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

/** What the files of XQuAD hold, as far as it is used. */
interface Xquad {
  readonly data: readonly { readonly paragraphs: readonly { readonly context: string }[] }[]
}

/** Reads the sentences of the paragraphs of XQuAD. */
export async function readXquad(dataDir: string, language: 'en' | 'zh'): Promise<readonly PlacedSentence[]> {
  // The file is data of this evaluation: one of another shape is to fail.
  const { data } = JSON.parse(await readFile(join(dataDir, `xquad.${language}.json`), 'utf8')) as Xquad
  const segmenter = new Intl.Segmenter(language, { granularity: 'sentence' })
  const paragraphs = data.flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context))
  return paragraphs.flatMap((paragraph) =>
    Array.from(segmenter.segment(paragraph), ({ segment }) => ({ sentence: segment.trim(), paragraph })),
  )
}
