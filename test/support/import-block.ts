import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { snippetsOf } from '../../scripts/snippets.ts'

// Inside the repository, so that the imported packages resolve.
const FOLDER = '.cache/guides'

/**
 * Runs the first code block of a page that contains a word, against the sources instead of the built package; returns
 * its exports.
 */
export async function importBlock(page: string, word: string): Promise<Readonly<Record<string, unknown>>> {
  const block = snippetsOf(page).find(({ code }) => code.includes(word))
  if (!block) throw new Error(`No block of ${page} holds ${word}`)
  const code = block.code.replaceAll(
    /'ragwire(?:\/(\w+))?'/g,
    (_name, entryPoint = 'index') => `'${pathToFileURL(resolve('src')).href}/${entryPoint}.ts'`,
  )
  mkdirSync(FOLDER, { recursive: true })
  const file = resolve(FOLDER, `${basename(page, '.md')}-${word.replaceAll(/\W+/g, '-')}.ts`)
  writeFileSync(file, code)
  return import(pathToFileURL(file).href)
}
