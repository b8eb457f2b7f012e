import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)

describe('examples/llamaindex', () => {
  it('answers from its index without a key', async () => {
    const { stdout, stderr } = await run(process.execPath, ['examples/llamaindex/index.ts'])
    expect(stderr).toBe('')
    expect(stdout).toBe('[1] Warranty\n[2] Shipping\nElectric kettles have a warranty of two years. [1]\nstop\n')
  })
})
