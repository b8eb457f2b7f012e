import { cp } from 'node:fs/promises'
import { defineConfig } from 'tsup'
import { writeLicenses } from './scripts/third-party-licenses.ts'
import packageJson from './package.json' with { type: 'json' }

/** One entry for each entry point: the `exports` map of package.json is the only list. */
const entryPoints = Object.keys(packageJson.exports)
  .filter((entryPoint) => entryPoint !== './package.json')
  .map((entryPoint) => (entryPoint === '.' ? 'index' : entryPoint.slice(2)))

const shared = {
  format: 'esm',
  target: 'es2023',
  sourcemap: true,
  splitting: true,
  removeNodeProtocol: false,
} as const

export default defineConfig([
  {
    ...shared,
    entry: {
      ...Object.fromEntries(entryPoints.map((name) => [name, `src/${name}.ts`])),
      // Not an entry point: src/knowledge/loaders/worker/run-in-worker.ts starts this file as a thread.
      'document-worker': 'src/knowledge/loaders/worker/document-worker.ts',
    },
    // Not 'node': the core and the entry points for the web must bundle for a browser without changes.
    platform: 'neutral',
    dts: true,
    // What builds only the code must not take the types away.
    clean: !process.argv.includes('--no-dts') && ['!cli/**'],
    external: [/^node:/],
  },
  {
    // The program brings all packages with it, because `npx ragwire` installs no optional ones.
    ...shared,
    entry: {
      ragwire: 'src/cli/ragwire.ts',
      'document-worker': 'src/knowledge/loaders/worker/document-worker.ts',
    },
    outDir: 'dist/cli',
    clean: ['!page/**'],
    platform: 'node',
    dts: false,
    sourcemap: false,
    minify: true,
    metafile: true,
    noExternal: [/.*/],
    async onSuccess() {
      await cp('src/cli/init/templates', 'dist/cli/templates', { recursive: true })
      await writeLicenses('dist/cli')
    },
    // Some packages use `require` of CommonJS.
    banner: {
      js: "import { createRequire as __require } from 'node:module'; const require = __require(import.meta.url);",
    },
  },
  {
    ...shared,
    entry: { page: 'src/cli/page/page.js' },
    outDir: 'dist/cli/page',
    clean: true,
    platform: 'browser',
    dts: false,
    // The map is larger than the page itself.
    sourcemap: false,
    minify: true,
    metafile: true,
    noExternal: [/.*/],
    esbuildOptions(options) {
      options.alias = { 'ragwire/client': './src/client.ts', 'ragwire/markdown': './src/markdown.ts' }
    },
    async onSuccess() {
      await cp('src/cli/page/public', 'dist/cli/page', { recursive: true })
      await writeLicenses('dist/cli/page')
    },
  },
])
