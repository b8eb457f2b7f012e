import * as z from 'zod'

/** Returns the JSON Schema of a request body, for the OpenAPI document. */
export function toJsonSchema(schema: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema: _draft, ...described } = z.toJSONSchema(schema, { io: 'input' })
  return described
}
