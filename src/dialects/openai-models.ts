import { expectList } from '../core/options/validate.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { DialectReply } from './dialect-route.ts'
import { quoted } from './quoted.ts'

/** The names of the models that a client may ask for; `any` for every name. */
export type OpenAIModels = readonly [string, ...string[]] | 'any'

/** The name that is served by default, and the one that is listed if any name is served. */
export const DEFAULT_MODEL = 'ragwire'

/**
 * Checks the option `models`, and applies the default.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function resolveModels(models: readonly string[] | 'any' | undefined): OpenAIModels {
  if (models === 'any') return models
  const [first, ...others] = expectList('models', models ?? [DEFAULT_MODEL])
  if (first !== undefined && [first, ...others].every((name) => name.trim() !== '')) return [first, ...others]
  throw invalidInput(
    'models',
    "Cannot use models: it must be 'any' or a list of names that are not empty, such as ['docs']",
  )
}

/** True if a model of this name is served. */
export function servesModel(models: OpenAIModels, name: string): boolean {
  return models === 'any' || models.includes(name)
}

/** Returns the answer to a request for a model that is not served. */
export function unknownModel(name: string): DialectReply {
  const message = `The model ${quoted(name)} does not exist: use one that GET /v1/models lists, or the option models`
  return {
    status: 404,
    body: { error: { message, type: 'invalid_request_error', param: null, code: 'model_not_found' } },
  }
}
