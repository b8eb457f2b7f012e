import { join } from 'node:path'
import { build } from 'esbuild'

/** Bundles a page of `test/protocols/pages` for a browser. Returns its files by their paths. */
export async function bundlePage(name: string): Promise<Readonly<Record<string, string>>> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../pages', name)],
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    bundle: true,
    write: false,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  const script = outputFiles[0]?.text ?? ''
  const page = `<!doctype html><link rel="icon" href="data:," /><body></body><script type="module" src="/page.js"></script>`
  return { '/': page, '/page.js': script }
}
