import { globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
/** The folders of dialects, each named like its entry point. */
const DIALECTS = readdirSync(join(ROOT, 'src/dialects'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const ENTRY_POINTS = globSync('src/*.ts', { cwd: ROOT }).map((file) => basename(file, '.ts'))

/** Returns the dialects whose modules an entry point loads. */
async function dialectsIn(entryPoint: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [`src/${entryPoint}.ts`],
    bundle: true,
    format: 'esm',
    packages: 'external',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  const files = Object.keys(metafile.inputs)
  return DIALECTS.filter((dialect) => files.some((file) => file.startsWith(`src/dialects/${dialect}/`)))
}

describe('a dialect', () => {
  it('has an entry point of its name', () => {
    expect(DIALECTS.length).toBeGreaterThan(3)
    expect(ENTRY_POINTS).toEqual(expect.arrayContaining(DIALECTS))
  })

  it.each(ENTRY_POINTS)('adds no module to ragwire/%s, unless that is its own entry point', async (entryPoint) => {
    expect(await dialectsIn(entryPoint)).toEqual(DIALECTS.filter((dialect) => dialect === entryPoint))
  })

  it.each(DIALECTS)(
    '%s is imported only by its own folder, its entry point and the parts for its clients',
    (dialect) => {
      const importers = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) =>
        new RegExp(`from '[./]+/(?:dialects/)?${dialect}/`, 'u').test(readFileSync(join(ROOT, file), 'utf8')),
      )
      const own = (file: string) => file === `src/${dialect}.ts` || file.startsWith(`src/client/${dialect}/`)
      expect(importers.filter((file) => !own(file) && !file.startsWith(`src/dialects/${dialect}/`))).toEqual([])
      expect(importers).toContain(`src/${dialect}.ts`)
    },
  )
})
