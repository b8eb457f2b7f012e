import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'

/**
 * Options of {@link agUi}.
 *
 * @experimental May change until version 1.0.
 */
export interface AgUiOptions {
  /** The path of the routes, below the mount. @defaultValue `/ag-ui` */
  readonly path?: string | undefined
}

/** The options with their defaults. */
export interface ResolvedAgUiOptions {
  /** The path of the routes. */
  readonly path: string
}

/**
 * Checks the options, and applies the defaults. `createChatHandler` checks the path.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function resolveOptions(options: AgUiOptions = {}): ResolvedAgUiOptions {
  expectOptions(options, OPTIONS, { of: 'agUi' })
  return { path: options.path ?? '/ag-ui' }
}

const OPTIONS: OptionNames<AgUiOptions> = { path: true }
