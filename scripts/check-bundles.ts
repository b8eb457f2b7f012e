// Bundles the entry points for browsers and checks them: no `node:`, only allowed packages, within the size budget.
import { browserEntryPoints } from './browser-entry-points.ts'
import { bundleForBrowser } from './bundle.ts'
import { specifierOf } from './entry-points.ts'

const sizes: string[] = []
for (const [entryPoint, { maxGzipBytes, over, packages }] of Object.entries(browserEntryPoints)) {
  try {
    const from = process.cwd()
    const bundle = await bundleForBrowser(specifierOf(entryPoint), { from })
    const shared = over === undefined ? 0 : (await bundleForBrowser(specifierOf('.'), { from, only: over })).gzipBytes
    const gzipBytes = bundle.gzipBytes - shared
    const size = over === undefined ? `${gzipBytes} bytes` : `${gzipBytes} bytes over ${over}`
    const unwanted = bundle.packages.filter((name) => !packages.includes(name))
    if (unwanted.length > 0)
      fail(`${entryPoint} brings ${unwanted.join(', ')} to the browser: import it in another entry point`)
    if (gzipBytes > maxGzipBytes) fail(`${entryPoint} is ${size}, its budget is ${maxGzipBytes}`)
    sizes.push(`${entryPoint} ${(gzipBytes / 1000).toFixed(1)}${over === undefined ? '' : ` over ${over}`}`)
  } catch (error) {
    fail(`${entryPoint} does not bundle for a browser: ${error instanceof Error ? error.message : String(error)}`)
  }
}
console.log(`kB gzip: ${sizes.join(', ')}`)

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
