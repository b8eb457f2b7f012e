import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { modelFetchName } from './model-fetch.ts'
import { installOldVersion } from './old-version.ts'

// JavaScript, because not every supported version of Node runs TypeScript.
const SERVER =
  "import * as node from 'ragwire/node'\nimport value from 'dependency'\nconsole.log(node.version, value)\n"

describe('installOldVersion', () => {
  let parent = ''
  let tree = ''

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'ragwire-bench-'))
    tree = join(parent, 'tree')
    writePackage(tree, 'new')
    write(join(tree, 'node_modules/dependency/package.json'), '{ "type": "module", "main": "index.js" }')
    write(join(tree, 'node_modules/dependency/index.js'), "export default 'of the tree'")
    write(join(tree, 'test/bench/servers/print.js'), SERVER)
  })
  afterEach(() => rmSync(parent, { recursive: true }))

  it('lets the servers import the older package, with the dependencies of the tree', async () => {
    const old = await installOldVersion(pack('old'), tree)
    const printed = [join(tree, 'test/bench/servers'), old.servers].map((folder) =>
      execFileSync(process.execPath, [join(folder, 'print.js')], { encoding: 'utf8' }).trim(),
    )
    expect(printed).toEqual(['new of the tree', 'old of the tree'])
  })

  it('installs beside the tree, and removes everything but the dependencies of the tree', async () => {
    const old = await installOldVersion(pack('old'), tree)
    expect(join(old.folder, '..')).toBe(parent)
    await old.remove()
    expect(readdirSync(parent)).toEqual(['old.tgz', 'package', 'tree'])
    expect(existsSync(join(tree, 'node_modules/dependency/index.js'))).toBe(true)
  })

  it('leaves nothing behind when the file is not a tarball', async () => {
    write(join(parent, 'old.tgz'), 'no tarball')
    await expect(installOldVersion(join(parent, 'old.tgz'), tree)).rejects.toThrow('Cannot install')
    expect(readdirSync(parent)).toEqual(['old.tgz', 'tree'])
  })

  it('takes the name of the function that calls the model from the package', async () => {
    writePackage(join(parent, 'with'), 'with', 'export const nodeFetch = () => fetch')
    expect(await modelFetchName(join(parent, 'with'))).toBe('nodeFetch')
    expect(await modelFetchName(tree)).toBe('fetch')
  })

  function pack(version: string): string {
    writePackage(join(parent, 'package'), version)
    execFileSync('tar', ['-czf', join(parent, 'old.tgz'), '-C', parent, 'package'])
    return join(parent, 'old.tgz')
  }
})

function writePackage(folder: string, version: string, more = ''): void {
  const manifest = { name: 'ragwire', type: 'module', exports: { './node': './dist/node.js' } }
  write(join(folder, 'package.json'), JSON.stringify(manifest))
  write(join(folder, 'dist/node.js'), `export const version = '${version}'\n${more}`)
}

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}
