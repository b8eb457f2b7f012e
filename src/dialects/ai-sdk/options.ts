import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'

/**
 * Options of {@link aiSdk}.
 *
 * @experimental May change until version 1.0.
 */
export interface AiSdkOptions {
  /** The path below the mount: the `api` of the transport without the mount. @defaultValue `/ai-sdk` */
  readonly path?: string | undefined
}

/** The options with their defaults. */
export interface ResolvedAiSdkOptions {
  /** The path of the routes. */
  readonly path: string
}

/**
 * Checks the options, and applies the defaults. `createChatHandler` checks the path.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function resolveOptions(options: AiSdkOptions = {}): ResolvedAiSdkOptions {
  expectOptions(options, OPTIONS, { of: 'aiSdk' })
  return { path: options.path ?? '/ai-sdk' }
}

const OPTIONS: OptionNames<AiSdkOptions> = { path: true }
