import * as z from 'zod'
import { PHASES } from '../core/vocabulary/phases.ts'
import { ERROR_CODES } from '../core/vocabulary/error-codes.ts'
import { PROTOCOL_VERSION } from '../core/vocabulary/events.ts'
import {
  citationSchema,
  querySchema,
  resultSchema,
  sourceSchema,
  supportSchema,
  warningSchema,
} from './result-schema.ts'

const seq = z.int().min(0)
const phase = z.enum(PHASES)

/** The schema of an event. */
export const eventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    seq,
    v: z.literal(PROTOCOL_VERSION),
    runId: z.string(),
    messageId: z.string(),
    threadId: z.string().exactOptional(),
  }),
  z.object({ type: z.literal('status'), seq, phase }),
  querySchema.extend({ type: z.literal('query'), seq }),
  z.object({ type: z.literal('source'), seq, source: sourceSchema }),
  z.object({ type: z.literal('token'), seq, delta: z.string(), at: z.number() }),
  z.object({ type: z.literal('citation'), seq, citation: citationSchema }),
  supportSchema.extend({ type: z.literal('support'), seq, index: z.number() }),
  warningSchema.extend({ type: z.literal('warning'), seq }),
  resultSchema.extend({ type: z.literal('done'), seq }),
  z.object({
    type: z.literal('error'),
    seq,
    code: z.enum(ERROR_CODES),
    message: z.string(),
    retryable: z.boolean(),
    retryAfterMs: z.number().exactOptional(),
    phase,
    partial: resultSchema,
  }),
])
