import { existsSync } from 'node:fs'

/** The path of the browser for the browser tests: Debian's, unless CHROMIUM_PATH is set. */
export const chromiumPath: string = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** True if the browser tests can run. */
export const hasChromium: boolean = existsSync(chromiumPath)
