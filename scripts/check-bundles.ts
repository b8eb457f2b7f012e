// Bundles the entry points for browsers and checks them: no `node:`, only allowed packages, within the size budget.
import { browserDoors } from './browser-doors.ts'
import { bundleForBrowser } from './bundle.ts'
import { specifierOf } from './doors.ts'

const sizes: string[] = []
for (const [door, { maxGzipBytes, packages }] of Object.entries(browserDoors)) {
  try {
    const bundle = await bundleForBrowser(specifierOf(door), { from: process.cwd() })
    const unwanted = bundle.packages.filter((name) => !packages.includes(name))
    if (unwanted.length > 0) fail(`${door} brings ${unwanted.join(', ')} to the browser: import it in another entry point`)
    if (bundle.gzipBytes > maxGzipBytes) fail(`${door} is ${bundle.gzipBytes} bytes, its budget is ${maxGzipBytes}`)
    sizes.push(`${door} ${(bundle.gzipBytes / 1000).toFixed(1)}`)
  } catch (error) {
    fail(`${door} does not bundle for a browser: ${error instanceof Error ? error.message : String(error)}`)
  }
}
console.log(`kB gzip: ${sizes.join(', ')}`)

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
