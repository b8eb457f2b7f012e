import fc from 'fast-check'
import type { MetadataFilter } from '../../../src/knowledge.ts'

const FIELD = fc.constantFrom('lang', 'year', 'a.b', 'draft')
const WORD = fc.constantFrom('en', 'zh', 'de')
const NUMBER = fc.constantFrom(2023, 2024, 2024.5, 2026)

/** Metadata of documents, with absent fields, null and lists. A list is never empty. */
export const metadataArbitrary = fc.record(
  {
    lang: fc.oneof(WORD, fc.constant(null), fc.array(WORD, { minLength: 1, maxLength: 3 })),
    year: fc.oneof(NUMBER, fc.array(NUMBER, { minLength: 1, maxLength: 2 })),
    'a.b': WORD,
    draft: fc.boolean(),
  },
  { requiredKeys: [] },
)

const VALUES = { lang: WORD, year: NUMBER, 'a.b': WORD, draft: fc.boolean() } as const

/** Filters that a cluster can express: each field is compared with values of its type. */
export const filterArbitrary: fc.Arbitrary<MetadataFilter> = fc.letrec<{ filter: MetadataFilter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    FIELD.chain((field) => {
      const value = fc.oneof<fc.Arbitrary<string | number | boolean | null>[]>(VALUES[field], fc.constant(null))
      const condition = fc.oneof(
        value,
        value.map(($eq) => ({ $eq })),
        value.map(($ne) => ({ $ne })),
        fc.array(value, { maxLength: 3 }).map(($in) => ({ $in })),
        fc.array(value, { maxLength: 3 }).map(($nin) => ({ $nin })),
        fc.boolean().map(($exists) => ({ $exists })),
        ...(field === 'year' ? [NUMBER.map(($gt) => ({ $gt })), NUMBER.map(($lte) => ({ $gte: 2023, $lte }))] : []),
      )
      return condition.map((part): MetadataFilter => ({ [field]: part }))
    }),
    fc.constantFrom<MetadataFilter>({ $documentId: 'd1' }, { $documentId: { $in: ['d1', 'd3'] } }),
    fc.array(tie('filter'), { minLength: 1, maxLength: 2 }).map(($and) => ({ $and })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 2 }).map(($or) => ({ $or })),
    tie('filter').map(($not) => ({ $not })),
  ),
})).filter
