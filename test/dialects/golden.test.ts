import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DIALECT_TURNS } from './support/dialect-turns.ts'
import { ENDINGS, playTurn } from './support/play-turn.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

// After an intended change, `vitest run test/dialects/golden.test.ts -u` writes the files anew: read their diff.
describe.each(DIALECT_TURNS)('one turn in the dialect $name', (turn) => {
  const { name } = turn

  it.each(ENDINGS)('has the bytes of its golden file: %s', async (ending) => {
    await expect(await playTurn(turn, ending)).toMatchFileSnapshot(`../golden/dialects/${name}-${ending}.txt`)
  })
})

describe('the golden files', () => {
  it('are there for every dialect in src/dialects that streams answers', () => {
    // The tools of MCP return an answer as a whole, so it has no stream of events to compare.
    const folders = globSync('src/dialects/*/').flatMap((folder) => {
      const name = basename(folder)
      return name === 'mcp' ? [] : [name]
    })
    const mounted = DIALECT_TURNS.filter(({ dialect }) => dialect).map(({ name }) => name)
    expect(mounted.toSorted()).toEqual(folders.toSorted())
  })

  it('are all compared', () => {
    const files = globSync('test/golden/dialects/*.txt').map((file) => basename(file, '.txt'))
    const compared = DIALECT_TURNS.flatMap(({ name }) => ENDINGS.map((ending) => `${name}-${ending}`))
    expect(files.toSorted()).toEqual(compared.toSorted())
  })
})
