import { expectList } from '../core/options/validate.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { DialectReply } from './dialect-route.ts'
import { toOpenAIError } from './openai-failure.ts'
import { quoted } from './quoted.ts'

/** The names of the models that a client may ask for; `any` for every name. */
export type OpenAIModels = readonly [string, ...string[]] | 'any'

/** The name that is served by default, and the one that is listed if any name is served. */
const DEFAULT_MODEL = 'ragwire'

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

/** Returns the names that can be listed, the one for a request without a name first. */
export function listModels(models: OpenAIModels): readonly [string, ...string[]] {
  return models === 'any' ? [DEFAULT_MODEL] : models
}

/** True if a model of this name is served. */
export function servesModel(models: OpenAIModels, name: string): boolean {
  return models === 'any' || models.includes(name)
}

/** Returns the answer to a request for a model that is not served. */
export function unknownModel(name: string): DialectReply {
  const message = `Cannot use the model ${quoted(name)}: it is not served; use a name in the option models of the dialect`
  return { status: 404, body: toOpenAIError({ status: 404, code: 'model_not_found', message, param: null }) }
}
