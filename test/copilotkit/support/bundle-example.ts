import { join } from 'node:path'
import { build } from 'esbuild'

const EXAMPLE = join(import.meta.dirname, '../../../examples/copilotkit')
const PACKAGES = join(import.meta.dirname, '../node_modules')

/** Bundles the page of the example, with the packages of this folder. Returns the files of the page by their paths. */
export async function bundleExample(): Promise<Readonly<Record<string, string>>> {
  const { outputFiles } = await build({
    entryPoints: [join(EXAMPLE, 'src/main.tsx')],
    bundle: true,
    write: false,
    outdir: '/',
    platform: 'browser',
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.woff': 'empty', '.woff2': 'empty', '.ttf': 'empty' },
    nodePaths: [PACKAGES],
    // One copy: the root has another one.
    alias: { react: join(PACKAGES, 'react'), 'react-dom': join(PACKAGES, 'react-dom') },
    logLevel: 'silent',
  })
  const page =
    '<!doctype html><html lang="en"><title>Chat</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/main.css"><main></main><script type="module" src="/main.js"></script></html>'
  return { '/': page, ...Object.fromEntries(outputFiles.map(({ path, text }) => [path, text])) }
}
