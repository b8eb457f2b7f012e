import { existsSync } from 'node:fs'

/** Where the browser of the browser tests is: Debian's, unless CHROMIUM_PATH says otherwise. */
export const chromiumPath: string = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** Whether the browser tests can run. */
export const hasChromium: boolean = existsSync(chromiumPath)
