import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const FILES = globSync('{src,test,scripts,docs,examples}/**/*.{ts,md,json}', {
  exclude: (path) => path.endsWith('node_modules'),
})

describe('a dialect of an application', () => {
  it('is known to its own file and to the tests that mount it, and to nothing in src', () => {
    expect(FILES.length).toBeGreaterThan(500)
    const knowing = FILES.filter((file) => /\bacme/iu.test(readFileSync(file, 'utf8')))
    expect(knowing.sort()).toEqual([
      'test/dialects/one-file.test.ts',
      'test/dialects/support/acme-dialect.ts',
      'test/dialects/transports.test.ts',
      'test/http/resolve-dialects.test.ts',
    ])
  })
})
