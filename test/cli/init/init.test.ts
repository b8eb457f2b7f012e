import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { runInit } from './support/run-init.ts'

let cwd: string
beforeEach(() => void (cwd = realpathSync(mkdtempSync(join(tmpdir(), 'ragwire-init-')))))
afterEach(() => rmSync(cwd, { recursive: true }))

const read = (path: string) => readFileSync(join(cwd, path), 'utf8')

describe('ragwire init', () => {
  it.for(['hono', 'next'])('writes the template %s, and commands that start it', async (template) => {
    const { code, output, errors } = await runInit(['my-chat', '--template', template], { cwd })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain('\n  cd my-chat\n  npm install\n  npm run dev\n')
    const files = readdirSync(join(cwd, 'my-chat'), { recursive: true })
    expect(files).toEqual(expect.arrayContaining(['.env.example', '.gitignore', 'README.md', 'docs/returns.md']))
    expect(JSON.parse(read('my-chat/package.json'))).toMatchObject({
      name: 'my-chat',
      dependencies: { ragwire: `^${packageJson.version}` },
    })
  })

  it.for(['hono', 'next'])('names each file of the template %s in its README', async (template) => {
    await runInit(['.', '--template', template], { cwd })
    const entries = readdirSync(cwd, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    const readme = read('README.md')
    const own = files.filter((name) => /\.(?:tsx?|css|example)$/u.test(name) && !name.includes('.config.'))
    expect(own.filter((name) => !readme.includes(name))).toEqual([])
  })

  it('writes to the current folder by default, where a .git may be', async () => {
    mkdirSync(join(cwd, '.git'))
    const { code, output } = await runInit([], { cwd })
    expect(code).toBe(0)
    expect(output).toContain(`to ${cwd}. Start the app:\n\n  npm install\n`)
    expect(existsSync(join(cwd, 'server/main.ts'))).toBe(true)
  })

  it.for([
    [undefined, 'npm'],
    ['npm/11.4.2 node/v26.10.0 linux x64 workspaces/false', 'npm'],
    ['pnpm/10.12.1 npm/? node/v24.1.0 linux x64', 'pnpm'],
    ['yarn/4.9.1 npm/? node/v24.1.0 linux x64', 'yarn'],
    ['bun/1.4.5 npm/? node/v24.3.0 linux x64', 'bun'],
    ['deno/2.9.6', 'npm'],
  ] as const)('names the package manager of the user agent %s: %s', async ([agent, manager]) => {
    const { output } = await runInit(['app'], { cwd, env: { npm_config_user_agent: agent } })
    expect(output).toContain(`  ${manager} install\n  ${manager} run dev\n`)
  })

  it.for([
    ['My Chat', 'my-chat', "cd 'My Chat'"],
    ['Café', 'cafe', "cd 'Café'"],
    ['我的聊天', 'my-chat', "cd '我的聊天'"],
    ["it's", 'it-s', String.raw`cd 'it'\''s'`],
    ['.hidden_', 'hidden', 'cd .hidden_'],
    ['ragwire', 'ragwire-chat', 'cd ragwire'],
    ['react', 'react-chat', 'cd react'],
    ['http', 'http-chat', 'cd http'],
    ['a/b/c', 'c', 'cd a/b/c'],
    ['x'.repeat(200), 'x'.repeat(100), `cd ${'x'.repeat(200)}`],
  ] as const)('makes a valid package name of the folder %s: %s', async ([folder, name, step]) => {
    const { code, output } = await runInit([folder], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(read(join(folder, 'package.json'))).name).toBe(name)
    expect(output).toContain(`  ${step}\n`)
  })
})

describe('ragwire init --docs', () => {
  it("answers from the user's folder, without examples, and with the packages of its loaders", async () => {
    mkdirSync(join(cwd, "team's docs"))
    for (const name of ['a.pdf', 'b.html', 'c.DOCX', 'd.md']) writeFileSync(join(cwd, "team's docs", name), '')
    const { code } = await runInit(['app', '--docs', "team's docs"], { cwd })
    expect(code).toBe(0)
    expect(read('app/server/chat.ts')).toContain(`const DOCUMENTS = "../team's docs"\n`)
    expect(read('app/page/chat.tsx')).toContain('const EXAMPLES: readonly string[] = []\n')
    expect(existsSync(join(cwd, 'app/docs'))).toBe(false)
    const { '@mozilla/readability': readability, linkedom, mammoth, unpdf } = packageJson.peerDependencies
    const { dependencies } = JSON.parse(read('app/package.json'))
    expect(dependencies).toMatchObject({ '@mozilla/readability': readability, linkedom, mammoth, unpdf })
  })

  it('leaves documents in place that are already in the folder of the app', async () => {
    mkdirSync(join(cwd, 'docs'))
    writeFileSync(join(cwd, 'docs/mine.md'), '# Mine')
    const { code } = await runInit(['--docs', 'docs'], { cwd })
    expect(code).toBe(0)
    expect(read('server/chat.ts')).toContain("const DOCUMENTS = 'docs'\n")
    expect(readdirSync(join(cwd, 'docs'))).toEqual(['mine.md'])
  })
})

describe('ragwire init refuses', () => {
  beforeEach(() => {
    mkdirSync(join(cwd, 'full'))
    for (const name of ['a', 'b', 'c', 'd', 'e']) writeFileSync(join(cwd, 'full', name), name)
  })

  it.for([
    ['a folder with files', ['full'], 2, 'it must be empty, and has a, b, c and 2 more'],
    ['the current folder with files', [], 2, 'it must be empty, and has full'],
    ['a file', ['full/a'], 2, 'it is a file, so name a folder'],
    ['a folder below a file', ['full/a/b'], 2, 'it is a file, so name a folder'],
    // Neither root nor another user may write there.
    ['a folder that cannot be made', ['/sys/ragwire-app'], 1, 'Nothing is left behind'],
    ['a template with a typing error', ['app', '--template', 'hno'], 2, 'Did you mean hono?'],
    ['an unknown template', ['app', '-t', 'angular'], 2, 'Use hono or next'],
    ['documents that do not exist', ['app', '--docs', 'missing'], 2, 'there is no such folder'],
    ['a file as documents', ['app', '--docs', 'full/a'], 2, 'it is a file, so name its folder'],
    ['an app within its documents', ['full/app', '--docs', 'full'], 2, 'answer from its own files'],
    ['the same folder for both', ['app', '--docs', '.'], 2, 'answer from its own files'],
    ['a second folder', ['app', 'other'], 2, 'init takes one argument'],
    ['an unknown option', ['app', '--templat', 'next'], 2, 'Did you mean --template?'],
  ] as const)('%s, in one line and without writing', async ([, args, expected, message]) => {
    const before = readdirSync(cwd, { recursive: true })
    const { code, output, errors } = await runInit(args, { cwd })
    expect({ code, output }).toEqual({ code: expected, output: '' })
    expect(errors).toMatch(/^[^\n]+\n$/u)
    expect(errors).toContain(message)
    expect(readdirSync(cwd, { recursive: true })).toEqual(before)
  })

  it('to go on after a signal, and leaves nothing behind', async () => {
    const { code } = await runInit(['app'], { cwd, signal: AbortSignal.abort(new Error('Stopped by SIGINT')) })
    expect(code).toBe(130)
    expect(readdirSync(cwd)).toEqual(['full'])
  })
})

describe('ragwire init on a terminal', () => {
  const ENTER = '\r'
  const DOWN = '\u001B[B'
  const CTRL_C = '\u0003'

  it('asks for template, documents and installation, and Enter takes the default', async () => {
    const keys = [
      ['Which app?', ENTER],
      ['Folder of your documents', ENTER],
      ['Install the packages', `n`],
    ] as const
    const { code, errors } = await runInit(['app'], { cwd, keys })
    expect({ code, errors }).toMatchObject({ code: 0 })
    expect(existsSync(join(cwd, 'app/vite.config.ts'))).toBe(true)
    expect(existsSync(join(cwd, 'app/docs/returns.md'))).toBe(true)
  })

  it('asks again for documents that cannot be used', async () => {
    mkdirSync(join(cwd, 'handbook'))
    const keys = [
      ['Which app?', DOWN + ENTER],
      ['Folder of your documents', `missing${ENTER}`],
      ['there is no such folder', `handbook${ENTER}`],
      ['Install the packages', 'n'],
    ] as const
    const { code } = await runInit(['app'], { cwd, keys })
    expect(code).toBe(0)
    expect(existsSync(join(cwd, 'app/app/page.tsx'))).toBe(true)
    expect(read('app/server/chat.ts')).toContain("const DOCUMENTS = '../handbook'\n")
  })

  it('asks only for what the command line leaves open', async () => {
    const { code, errors } = await runInit(['app', '-t', 'next', '--no-install'], {
      cwd,
      keys: [['Folder of your documents', ENTER]],
    })
    expect(code).toBe(0)
    expect(errors).not.toContain('Which app?')
    expect(errors).not.toContain('Install the packages')
  })

  it.for([
    ['Which app?', []],
    ['Folder of your documents', [['Which app?', ENTER]]],
    [
      'Install the packages',
      [
        ['Which app?', ENTER],
        ['Folder of your documents', ENTER],
      ],
    ],
  ] as const)('writes nothing after Ctrl-C at "%s"', async ([question, before]) => {
    const { code, errors } = await runInit(['app'], { cwd, keys: [...before, [question, CTRL_C]] })
    expect(code).toBe(130)
    expect(errors).toContain('Cancelled: nothing was written\n')
    expect(readdirSync(cwd)).toEqual([])
  })

  it('refuses before it asks', async () => {
    writeFileSync(join(cwd, 'notes.md'), '')
    const { code, errors } = await runInit([], { cwd, keys: [] })
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('has notes.md') })
  })
})
