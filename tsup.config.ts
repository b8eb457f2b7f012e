import { defineConfig } from 'tsup'
import packageJson from './package.json' with { type: 'json' }

/** One entry per door: the `exports` map of package.json is the only list. */
const doors = Object.keys(packageJson.exports)
  .filter((door) => door !== './package.json')
  .map((door) => (door === '.' ? 'index' : door.slice(2)))

export default defineConfig({
  entry: Object.fromEntries(doors.map((door) => [door, `src/${door}.ts`])),
  format: ['esm'],
  // Not 'node': the core and the web doors must bundle for a browser as they are.
  platform: 'neutral',
  target: 'es2023',
  dts: true,
  sourcemap: true,
  // One config for all doors, so that they share chunks and `instanceof ChatError` holds across them.
  splitting: true,
  // What builds only the code must not take the types away.
  clean: !process.argv.includes('--no-dts'),
  // tsup would strip `node:` from the imports of the Node doors.
  removeNodeProtocol: false,
  external: [/^node:/],
})
