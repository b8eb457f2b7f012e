import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

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

/** The used fields of the XQuAD files. */
interface Xquad {
  readonly data: readonly { readonly paragraphs: readonly { readonly context: string }[] }[]
}

/** Reads the sentences of the paragraphs of XQuAD. */
export async function readXquad(dataDir: string, language: 'en' | 'zh'): Promise<readonly PlacedSentence[]> {
  // The file is data of this evaluation: a file of another shape should fail.
  const { data } = JSON.parse(await readFile(join(dataDir, `xquad.${language}.json`), 'utf8')) as Xquad
  const segmenter = new Intl.Segmenter(language, { granularity: 'sentence' })
  const paragraphs = data.flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context))
  return paragraphs.flatMap((paragraph) =>
    Array.from(segmenter.segment(paragraph), ({ segment }) => ({ sentence: segment.trim(), paragraph })),
  )
}
