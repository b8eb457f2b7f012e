import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SERVE_OPTIONS } from '../../../src/cli/serve/serve-settings.ts'

const GUIDE = readFileSync('docs/guides/serve.md', 'utf8')

describe('the guide of ragwire serve', () => {
  it('has a row for each option of the command, and for no other one', () => {
    const [, options = ''] = /^## Options$([^]*?)^## /mu.exec(GUIDE) ?? []
    const documented = [...options.matchAll(/^\| `(?:-\w, )?--(?:no-)?([\w-]+)/gmu)].map(([, name]) => name)
    expect(new Set(documented)).toEqual(new Set(Object.keys(SERVE_OPTIONS)))
  })
})
