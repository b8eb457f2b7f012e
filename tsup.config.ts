import { defineConfig } from 'tsup'
import packageJson from './package.json' with { type: 'json' }

/** One entry for each entry point: the `exports` map of package.json is the only list. */
const entryPoints = Object.keys(packageJson.exports)
  .filter((entryPoint) => entryPoint !== './package.json')
  .map((entryPoint) => (entryPoint === '.' ? 'index' : entryPoint.slice(2)))

export default defineConfig({
  entry: {
    ...Object.fromEntries(entryPoints.map((name) => [name, `src/${name}.ts`])),
    // Not an entry point: src/knowledge/loaders/worker/run-in-worker.ts starts this file as a thread.
    'document-worker': 'src/knowledge/loaders/worker/document-worker.ts',
  },
  format: ['esm'],
  // Not 'node': the core and the entry points for the web must bundle for a browser without changes.
  platform: 'neutral',
  target: 'es2023',
  dts: true,
  sourcemap: true,
  // One config for all entry points, so that they share chunks and `instanceof ChatError` holds across them.
  splitting: true,
  // What builds only the code must not take the types away.
  clean: !process.argv.includes('--no-dts'),
  // tsup would strip `node:` from the imports of the entry points for Node.
  removeNodeProtocol: false,
  external: [/^node:/],
})
