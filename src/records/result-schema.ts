import * as z from 'zod'
import { SUPPORTS } from '../core/vocabulary/citations.ts'
import { FINISH_REASONS } from '../core/vocabulary/result.ts'
import { WARNING_CODES } from '../core/vocabulary/warnings.ts'
import { ERROR_CODES } from '../core/vocabulary/error-codes.ts'

const rangeSchema = z.object({ start: z.number(), end: z.number() })

/** The schema of a source. */
export const sourceSchema = z.object({
  number: z.number(),
  sourceId: z.string(),
  documentId: z.string(),
  chunkId: z.string(),
  title: z.string(),
  section: z.array(z.string()).readonly().exactOptional(),
  verbatimEnd: z.number().exactOptional(),
  url: z.string().exactOptional(),
  text: z.string(),
  score: z.number().exactOptional(),
  location: z
    .object({
      page: z.number().exactOptional(),
      start: z.number().exactOptional(),
      end: z.number().exactOptional(),
    })
    .exactOptional(),
  revision: z.string().exactOptional(),
  // Any JSON that the application allows; zod drops keys such as `__proto__`.
  metadata: z.record(z.string(), z.json()).transform((metadata): Record<string, unknown> => metadata),
})

/** The schema of a citation before its check. */
export const citationSchema = z.object({
  index: z.number(),
  number: z.number(),
  sourceId: z.string(),
  start: z.number(),
  end: z.number(),
})

/** The schema of the outcome of a citation check. */
export const supportSchema = z.object({
  claim: rangeSchema,
  support: z.enum(SUPPORTS),
  reasons: z.array(z.string()).readonly(),
  // Absent in records of earlier versions.
  passage: rangeSchema.exactOptional(),
})

/** The schema of the query of a retrieval. */
export const querySchema = z.object({ question: z.string(), query: z.string(), condensed: z.boolean() })

/** The schema of a warning. */
export const warningSchema = z.object({
  code: z.enum(WARNING_CODES),
  message: z.string(),
})

const tokensSchema = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  estimated: z.literal(true).exactOptional(),
})

/** The schema of the result of a run. */
export const resultSchema = z.object({
  finishReason: z.enum(FINISH_REASONS),
  // Absent in records of earlier versions.
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).exactOptional(),
  answer: z.string(),
  sources: z.array(sourceSchema).readonly(),
  citations: z
    .array(
      citationSchema.extend({
        claim: supportSchema.shape.claim.exactOptional(),
        support: supportSchema.shape.support.exactOptional(),
        reasons: supportSchema.shape.reasons.exactOptional(),
        passage: supportSchema.shape.passage,
      }),
    )
    .readonly(),
  query: querySchema.exactOptional(),
  warnings: z.array(warningSchema).readonly(),
  usage: tokensSchema.extend({
    phases: z.object({
      condensing: tokensSchema.exactOptional(),
      generating: tokensSchema.exactOptional(),
    }),
  }),
  timings: z.object({
    condensed: z.number().exactOptional(),
    retrieved: z.number().exactOptional(),
    reranked: z.number().exactOptional(),

    firstToken: z.number().exactOptional(),
    generated: z.number().exactOptional(),
    total: z.number(),
  }),
  saved: z.boolean(),
})
