// Bundles the entry points for browsers and checks them: no `node:`, only allowed packages, within the size budget.
import { browserEntryPoints, pageExports, REDUCER } from './browser-entry-points.ts'
import { bundleForBrowser } from './bundle.ts'
import { specifierOf } from './entry-points.ts'

const sizes: string[] = []
for (const [entryPoint, { maxGzipBytes, packages }] of Object.entries(browserEntryPoints)) {
  try {
    const bundle = await bundleForBrowser(specifierOf(entryPoint), { from: process.cwd() })
    const unwanted = bundle.packages.filter((name) => !packages.includes(name))
    if (unwanted.length > 0)
      fail(`${entryPoint} brings ${unwanted.join(', ')} to the browser: import it in another entry point`)
    if (bundle.gzipBytes > maxGzipBytes)
      fail(`${entryPoint} is ${bundle.gzipBytes} bytes, its budget is ${maxGzipBytes}`)
    sizes.push(`${entryPoint} ${(bundle.gzipBytes / 1000).toFixed(1)}`)
  } catch (error) {
    fail(`${entryPoint} does not bundle for a browser: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const from = process.cwd()
const reducer = await bundleForBrowser(specifierOf(REDUCER.entryPoint), { from, exports: REDUCER.exports })
for (const { entryPoint, name, maxGzipBytes } of pageExports) {
  const bundle = await bundleForBrowser(specifierOf(entryPoint), { from, exports: [name] })
  const bytes = bundle.gzipBytes - reducer.gzipBytes
  if (bytes > maxGzipBytes) fail(`${name} adds ${bytes} bytes to the reducer, its budget is ${maxGzipBytes}`)
  sizes.push(`${name} ${(bytes / 1000).toFixed(1)}`)
}
console.log(`kB gzip: ${sizes.join(', ')}`)

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
