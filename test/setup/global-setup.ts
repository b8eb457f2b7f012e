import { chromiumPath, hasChromium } from './chromium.ts'

/** Refuses to start where the tests would fail for a reason that no test names. */
export function setup(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 12)) {
    throw new Error(
      `The tests need Node 22.12 or later, and this is ${process.version} at ${process.execPath}: ` +
        'run `npm ci` with install scripts allowed, which brings the right one',
    )
  }
  if (hasChromium) return
  const missing = `No browser at ${chromiumPath}: install chromium or set CHROMIUM_PATH`
  if (process.env['CI'] === 'true') throw new Error(missing)
  console.log(`Skipping test/browser. ${missing}`)
}
