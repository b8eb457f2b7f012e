import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { runProgram } from '../support/run-program.ts'
import { describeDev, describePage } from './support/describe-page.ts'
import { REACT_PAGE } from './support/page-parts.ts'
import { prepareExample } from './support/prepare-example.ts'
import { runScript } from './support/start-example.ts'
import { servePage } from './support/serve-page.ts'

const SOURCE = resolve(import.meta.dirname, '../../examples/react/src')

it('examples/react is a chat of at most 10 lines, and a look of at most 30, without imports and blank lines', () => {
  const code = linesOf('chat.tsx').filter((line) => !line.startsWith('import '))
  expect(code.length).toBeGreaterThan(0)
  expect(code.length).toBeLessThanOrEqual(10)
  expect(linesOf('chat.css').length).toBeLessThanOrEqual(30)
  expect([...code, ...linesOf('chat.css')].filter((line) => line.length > 120)).toEqual([])
})

it('examples/react compiles with its own tsconfig.json', async () => {
  expect(await runProgram('tsc', ['-p', prepareExample('react')])).toBe('')
})

describePage(
  'examples/react, built',
  async () => {
    const folder = prepareExample('react')
    await runScript(folder, 'build')
    return servePage(join(folder, 'dist'))
  },
  REACT_PAGE,
)
describeDev('react', REACT_PAGE)

function linesOf(file: string): readonly string[] {
  return readFileSync(join(SOURCE, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
}
