import type * as z from 'zod'
import { parseBody } from '../dialects/parse-body.ts'
import type { Call } from './call.ts'
import { readJson } from './read-json.ts'

/**
 * Reads the JSON body of a request, and checks it with a schema.
 *
 * @throws HttpError or BadRequestError that names the field
 */
export async function readBody<T>(call: Call, schema: z.ZodType<T>): Promise<T> {
  return parseBody(schema, await readJson(call))
}
