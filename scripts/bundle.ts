import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Size and packages of one entry point in a front end. */
export interface Bundle {
  readonly gzipBytes: number
  /** The npm packages inside, sorted. */
  readonly packages: readonly string[]
}

/** Options of {@link bundleForBrowser}. */
export interface BundleOptions {
  /** Folder from which the specifier is resolved. */
  readonly from: string
  /** The exports to bundle, with what they need. @defaultValue all */
  readonly exports?: readonly string[]
}

/**
 * Bundles and minifies an entry point like the bundler of a front end. Rejects if the entry point, or one of its imports,
 * needs `node:`: esbuild resolves no built-in module for a browser.
 */
export async function bundleForBrowser(specifier: string, { from, exports }: BundleOptions): Promise<Bundle> {
  const names = exports ? `{ ${exports.join(', ')} }` : '*'
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export ${names} from '${specifier}'`, resolveDir: from },
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
    // Every page of React has it already.
    external: ['react'],
  })
  // Not `metafile.inputs`: they include modules that were removed completely.
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
