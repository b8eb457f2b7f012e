import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFiles } from '../../../src/cli/init/write-files.ts'

const { signal } = new AbortController()

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ragwire-write-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe('writeFiles', () => {
  it('removes its files and folders after a failure, and keeps the others', async () => {
    mkdirSync(join(folder, 'old'))
    const files = new Map([
      ['new/deep/a', 'a'],
      ['old/b', 'b'],
      ['old/b/c', 'no folder'],
    ])
    await expect(writeFiles(folder, files, signal)).rejects.toThrow(`Cannot write the app to ${folder}: `)
    expect(readdirSync(folder, { recursive: true })).toEqual(['old'])
  })

  it('never replaces a file, and does not remove it', async () => {
    writeFileSync(join(folder, 'b'), 'old')
    const files = new Map(['a', 'b'].map((path) => [path, 'new']))
    await expect(writeFiles(folder, files, signal)).rejects.toThrow('EEXIST')
    expect(readdirSync(folder)).toEqual(['b'])
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('old')
  })

  it('removes the folder that it has made, with its parents', async () => {
    const files = new Map([
      ['a', 'a'],
      ['a/b', 'no folder'],
    ])
    await expect(writeFiles(join(folder, 'x/y'), files, signal)).rejects.toThrow('Nothing is left behind')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('the program, when the disk takes no more', () => {
  it('ends with one line and leaves nothing behind', async () => {
    const program = resolve('dist/cli/ragwire.js')
    if (!existsSync(program)) throw new Error('There is no dist/cli: run `npm run build` first')
    // A file may have at most two blocks of 512 or 1,024 bytes, so a later write fails as on a full disk.
    const command = 'ulimit -f 2; exec "$0" "$1" init app'
    const child = spawn('sh', ['-c', command, process.execPath, program], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringMatching(/^Cannot write the app to [^\n]+\n$/u) })
    expect(readdirSync(folder)).toEqual([])
  })
})
