import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { environmentOf, PROGRAM } from './support/start-ragwire.ts'

const CALL = [PROGRAM, '--help']
const env = environmentOf({})

describe('an output that cannot be written', () => {
  it('ends the program with 0 if its reader has gone, as head does', async () => {
    const child = spawn(process.execPath, CALL, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.destroy()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('ends the program with 1 and one line if the disk is full', async () => {
    const child = spawn(process.execPath, CALL, { env, stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
    let errors = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text))
    expect(await once(child, 'close')).toEqual([1, null])
    expect(errors).toMatch(/^Cannot write the output: ENOSPC.*\n$/u)
  })
})
