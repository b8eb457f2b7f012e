import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const FOLDER = resolve(import.meta.dirname, '../..')

/** A version of React that the tests run with. */
export type ReactVersion = '18' | '19'

/** The versions of React that the tests run with. */
export const REACT_VERSIONS: readonly ReactVersion[] = ['19', '18']

/** Bundles a file of this folder for a browser, with the development build of React, which reports misuse. */
export function bundleForPage(file: string, react: ReactVersion): Promise<string> {
  return bundle(file, { react, platform: 'browser' })
}

/** Bundles a file of this folder for Node, and returns its exports. */
export async function importWithReact<Exports>(file: string, react: ReactVersion): Promise<Exports> {
  const code = await bundle(file, { react, platform: 'node' })
  const module = { exports: {} }
  // oxlint-disable-next-line typescript/no-implied-eval -- a module of this test, with a React of its own
  new Function('require', 'module', 'exports', code)(createRequire(import.meta.url), module, module.exports)
  return module.exports as Exports
}

interface BundleOptions {
  readonly react: ReactVersion
  readonly platform: 'browser' | 'node'
}

async function bundle(file: string, { react, platform }: BundleOptions): Promise<string> {
  const folderOf = (name: string) => join(FOLDER, 'node_modules', react === '18' ? `${name}18` : name)
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, file)],
    bundle: true,
    write: false,
    format: platform === 'node' ? 'cjs' : 'iife',
    platform,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    // One copy, for `ragwire/react` too.
    alias: { react: folderOf('react'), 'react-dom': folderOf('react-dom') },
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
