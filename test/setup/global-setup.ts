import { chromiumPath, hasChromium } from './chromium.ts'
import { missingFolders, missingFoldersMessage } from './extra-folders.ts'

/** Refuses to start when a missing requirement would make tests fail without a clear reason. */
export function setup(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 12)) {
    throw new Error(
      `The tests need Node 22.12 or later, and this is ${process.version} at ${process.execPath}: ` +
        'run `npm ci` with install scripts allowed, which brings the right one',
    )
  }
  if (!hasChromium) leaveOut('test/browser', `No browser at ${chromiumPath}: install chromium or set CHROMIUM_PATH`)
  if (missingFoldersMessage) leaveOut(missingFolders.join(', '), missingFoldersMessage)
}

/** @throws Error in CI, where no folder may be skipped */
function leaveOut(folders: string, reason: string): void {
  if (process.env['CI'] === 'true') throw new Error(reason)
  console.log(`Skipping ${folders}. ${reason}`)
}
