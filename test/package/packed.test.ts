import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { browserEntryPoints } from '../../scripts/browser-entry-points.ts'
import { bundleForBrowser } from '../../scripts/bundle.ts'
import { entryPoints, fileNameOf, specifierOf } from '../../scripts/entry-points.ts'
import { snippetsOf } from '../../scripts/snippets.ts'
import { findNode, NODE_VERSIONS } from '../support/find-node.ts'
import { runProgram } from '../support/run-program.ts'

// These tests run real programs and use a registry.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

// The strictest settings of a consumer, so that the declarations are checked too.
const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'es2023',
    module: 'nodenext',
    types: ['node'],
    typeRoots: [resolve('node_modules/@types')],
  },
  files: ['entry-points.ts'],
}

const project = mkdtempSync(join(tmpdir(), 'ragwire-packed-'))
let packedFiles: readonly string[] = []

beforeAll(async () => {
  if (!existsSync('dist')) throw new Error('There is no dist/ to pack: run `npm run build` first')
  // No scripts: `prepack` would run a build while other tests read `dist/`.
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', project]
  const packed = JSON.parse(await runProgram('npm', pack)) as PackReport
  packedFiles = packed[0].files.map(({ path }) => path)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await runProgram('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', packed[0].filename], project)
  // `ragwire/react` is of no use without it.
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
  for (const name of ['react', '@types/react'])
    symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name))
})

afterAll(() => rmSync(project, { recursive: true }))

describe('the tarball', () => {
  it('contains the build, the README, the change log, the licence and nothing else', () => {
    const topLevel = new Set(packedFiles.map((path) => path.replace(/\/.*/, '')))
    expect([...topLevel].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json'])
    const others = packedFiles.filter((path) => path.startsWith('dist/') && !/\.(js|js\.map|d\.ts)$/.test(path))
    expect(others.filter((path) => !/^dist\/cli\/(?:page\/|templates\/|licenses\.txt$)/.test(path))).toEqual([])
    // npm leaves out files with some names, such as `.gitignore`.
    const templates = globSync('src/cli/init/templates/**', { withFileTypes: true }).filter((entry) => entry.isFile())
    const paths = templates.map(({ parentPath, name }) => relative('src/cli/init', join(parentPath, name)))
    expect(packedFiles).toEqual(expect.arrayContaining(paths.map((path) => `dist/cli/${path}`)))
  })

  it('contains the program with its page and the licences of all packages in it, without maps', () => {
    const program = packedFiles.filter((path) => path.startsWith('dist/cli/'))
    expect(program).toEqual(
      expect.arrayContaining(
        ['ragwire.js', 'licenses.txt', 'page/page.html', 'page/page.js', 'page/licenses.txt'].map(
          (name) => `dist/cli/${name}`,
        ),
      ),
    )
    expect(program.filter((path) => path.endsWith('.map') || path.includes('metafile'))).toEqual([])
    const texts = ['', 'page/'].map((folder) => readFileSync(`dist/cli/${folder}licenses.txt`, 'utf8')).join('\n')
    for (const name of ['chokidar', 'dompurify', 'ignore', 'linkedom', 'mammoth', 'marked', 'openai', 'unpdf', 'zod']) {
      expect(texts).toMatch(new RegExp(`^${name}@[\\d.]+ \\(.*\\)\n\n\\S`, 'mu'))
    }
    expect(texts).not.toContain('(unknown)')
  })

  it('contains code and types of every entry point', () => {
    const expected = entryPoints.flatMap((entryPoint) => [
      `dist/${fileNameOf(entryPoint)}.js`,
      `dist/${fileNameOf(entryPoint)}.d.ts`,
    ])
    expect(packedFiles).toEqual(expect.arrayContaining(expected))
  })

  it("has the directive 'use client' in the entry point for React alone, so that servers can use the others", () => {
    const code = packedFiles.filter((path) => path.endsWith('.js'))
    const marked = code.filter((path) => /^['"]use client['"]/mu.test(readFileSync(path, 'utf8')))
    expect(marked).toEqual(['dist/react.js'])
  })

  it('has declarations that type-check after installation without the optional peer dependencies, except React', async () => {
    writeFileSync(
      join(project, 'entry-points.ts'),
      entryPoints.map((entryPoint) => `import '${specifierOf(entryPoint)}'`).join('\n'),
    )
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    await expect(runProgram(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project])).resolves.toBe('')
  })

  it.for(Object.entries(browserEntryPoints))(
    'bundles %s for a browser after installation, without other packages and without modules of Node',
    async ([entryPoint, { packages: allowed }]) => {
      const { gzipBytes, packages } = await bundleForBrowser(specifierOf(entryPoint), { from: project })
      expect(gzipBytes).toBeGreaterThan(0)
      const others = packages.filter((name) => name !== 'ragwire' && !allowed.includes(name))
      expect(others).toEqual([])
    },
  )
})

describe.for(NODE_VERSIONS)('the package installed under Node %s', (version) => {
  let node: string | undefined

  beforeAll(async () => {
    node = await findNode(version)
  })

  it('runs the first code block of the README unchanged', async (context) => {
    if (!node) return context.skip()
    const [first] = snippetsOf('README.md')
    writeFileSync(join(project, 'readme.ts'), first?.code ?? '')
    const output = await runProgram(node, ['readme.ts'], project)
    for (const type of ['source', 'token', 'done']) expect(output).toContain(type)
  })

  it('serves a folder with its program alone, and prints no warning', async (context) => {
    if (!node) return context.skip()
    mkdirSync(join(project, 'documents'), { recursive: true })
    writeFileSync(join(project, 'documents/tea.md'), '# Tea\n\nGreen tea is steeped at 80 °C.')
    writeFileSync(join(project, 'documents/oolong.html'), '<h1>Oolong</h1><p>Oolong tea is steeped at 90 °C.</p>')
    copyFileSync('examples/demo/handbook.pdf', join(project, 'documents/handbook.pdf'))
    const args = ['node_modules/ragwire/dist/cli/ragwire.js', 'serve', 'documents', '--memory', '--port', '0']
    const server = spawn(node, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] })
    const exited = once(server, 'exit')
    let errors = ''
    server.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    let url = ''
    for await (const line of createInterface({ input: server.stdout })) {
      url ||= /^Page: (.*)$/u.exec(line)?.[1] ?? ''
      if (line.startsWith('Ready: 3 documents')) break
    }
    const body = JSON.stringify({ question: 'How hot is oolong tea steeped?' })
    const headers = { 'content-type': 'application/json', accept: 'text/plain' }
    expect(await (await fetch(`${url}/chat`, { method: 'POST', headers, body })).text()).toContain('90 °C')
    expect(await (await fetch(url)).text()).toContain('<title>documents</title>')
    server.kill('SIGINT')
    expect([...(await exited), errors]).toEqual([0, null, ''])
  })

  it('loads every entry point', async (context) => {
    if (!node) return context.skip()
    const imports = entryPoints.map((entryPoint) => `await import('${specifierOf(entryPoint)}')`).join('\n')
    await expect(runProgram(node, ['--input-type=module', '--eval', imports], project)).resolves.toBe('')
  })
})

// The oldest release that can read the declarations, one in between, and the one of this project.
const TYPESCRIPT_VERSIONS = ['5.2.2', '5.4.5', 'of this project']

describe.for(TYPESCRIPT_VERSIONS)('the package read by TypeScript %s', (version) => {
  let compiler: string | undefined

  beforeAll(async () => {
    compiler = await findTypeScript(version)
  })

  it.for([
    ['Node.js alone', ['es2022'], 'nodenext', 'nodenext'],
    ['Node.js and a browser', ['es2023', 'dom', 'dom.iterable'], 'nodenext', 'nodenext'],
    ['a bundler', ['es2022'], 'esnext', 'bundler'],
  ] as const)(
    'D6: compiles a strict program with the types of %s',
    async ([name, lib, module, moduleResolution], context) => {
      if (compiler === undefined) return context.skip()
      const file = `consumer-${name.replaceAll(/\W/g, '-')}`
      writeFileSync(join(project, 'consumer.ts'), readFileSync(join(import.meta.dirname, 'consumer.ts')))
      const compilerOptions = {
        ...TSCONFIG.compilerOptions,
        target: 'es2022',
        exactOptionalPropertyTypes: true,
        lib,
        module,
        moduleResolution,
      }
      writeFileSync(join(project, `${file}.json`), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
      await expect(runProgram(process.execPath, [compiler, '-p', join(project, `${file}.json`)])).resolves.toBe('')
    },
  )
})

type PackReport = readonly [{ readonly filename: string; readonly files: readonly { readonly path: string }[] }]

/** Returns the path of the compiler of that version; another version than this one is fetched from the registry. */
async function findTypeScript(version: string): Promise<string | undefined> {
  if (version === 'of this project') return resolve('node_modules/typescript/bin/tsc')
  try {
    const find = `node -p "require('fs').realpathSync(process.env.PATH.split(':')[0] + '/tsc')"`
    const path = await runProgram('npx', [
      '--yes',
      '--prefer-offline',
      '--package',
      `typescript@${version}`,
      '--call',
      find,
    ])
    return path.trim()
  } catch (error) {
    if (process.env['CI'] === 'true') throw error
    console.log(`Skipping TypeScript ${version}: the registry cannot be reached`)
    return undefined
  }
}
