import { nearestName } from '../../core/options/nearest-name.ts'
import { usageError } from '../command-line/cli-error.ts'

/** The templates of an app, by the name that `--template` takes. */
export const TEMPLATES = {
  hono: 'React, Vite and Hono',
  next: 'Next.js with the App Router',
} as const

/** The name of a template. */
export type Template = keyof typeof TEMPLATES

/** The template that is written if none is chosen. */
export const DEFAULT_TEMPLATE: Template = 'hono'

/** The names of all templates. */
export const TEMPLATE_NAMES: readonly Template[] = ['hono', 'next']

/**
 * Returns the template of that name.
 *
 * @throws CliError that names the nearest right one
 */
export function expectTemplate(name: string): Template {
  const found = TEMPLATE_NAMES.find((template) => template === name)
  if (found) return found
  const nearest = nearestName(name, TEMPLATE_NAMES)
  const advice = nearest === undefined ? `Use ${TEMPLATE_NAMES.join(' or ')}` : `Did you mean ${nearest}?`
  throw usageError(`Cannot use --template ${name}: there is no such template. ${advice}`)
}
