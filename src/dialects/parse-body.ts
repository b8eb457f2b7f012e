import type * as z from 'zod'
import { toBadRequest } from './bad-request.ts'

/**
 * Checks a parsed body with a schema.
 *
 * @throws BadRequestError that names the first wrong field
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const { data, error } = schema.safeParse(body)
  if (error) throw toBadRequest(error.issues)
  return data
}
