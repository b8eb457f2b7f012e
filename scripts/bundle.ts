import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** What a front end pays for one door. */
export interface Bundle {
  readonly gzipBytes: number
  /** The npm packages inside, sorted. */
  readonly packages: readonly string[]
}

/** How {@link bundleForBrowser} bundles. */
export interface BundleOptions {
  /** Folder from which the specifier is resolved. */
  readonly from: string
}

/**
 * Bundles and minifies all of a door as a front end's bundler would. Rejects when the door, or
 * anything it imports, needs `node:`: esbuild resolves no built-in module for a browser.
 */
export async function bundleForBrowser(specifier: string, options: BundleOptions): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from '${specifier}'`, resolveDir: options.from },
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  // Not `metafile.inputs`: these count modules of which nothing is left.
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  const packages = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? (packageOf(path) ?? []) : []))
  return {
    gzipBytes: outputFiles.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0),
    packages: [...new Set(packages)].sort(),
  }
}

function packageOf(path: string): string | undefined {
  return /.*node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)/.exec(path)?.groups?.['name']
}
