import { collect } from '../../support/bytes.ts'
import { cpuMs } from '../../support/cpu-ms.ts'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { KnowledgeDocument } from '../../../src/knowledge/documents/knowledge-document.ts'
import { DocumentError } from '../../../src/knowledge/documents/document-error.ts'
import { readFolder, type ReadFolderOptions } from '../../../src/knowledge/loaders/read-folder.ts'
import { temporaryFolder } from './temporary-folder.ts'

const { signal } = new AbortController()

async function list(folder: string, options?: ReadFolderOptions): Promise<readonly KnowledgeDocument[]> {
  return collect(readFolder(folder, options))
}

async function idsOf(folder: string, options?: ReadFolderOptions): Promise<string[]> {
  return (await list(folder, options)).map(({ documentId }) => documentId)
}

async function contentOf(document: KnowledgeDocument | undefined): Promise<string> {
  if (typeof document?.content !== 'function') throw new Error('The document has no function to read it')
  const content = await document.content({ signal })
  return typeof content === 'string' ? content : new TextDecoder().decode(content)
}

/** Returns the content of each document, or the message of its `unreadable` error, by id. */
async function contentsOf(documents: readonly KnowledgeDocument[]): Promise<Readonly<Record<string, string>>> {
  const contents = documents.map(async (document) => {
    try {
      return [document.documentId, await contentOf(document)] as const
    } catch (thrown) {
      if (!(thrown instanceof DocumentError) || thrown.code !== 'unreadable') throw thrown
      return [document.documentId, thrown.message] as const
    }
  })
  return Object.fromEntries(await Promise.all(contents))
}

/** Sets the times of a file an hour back, so that it did not change a moment ago. */
async function age(...path: readonly string[]): Promise<void> {
  const hourAgo = Date.now() / 1000 - 3_600.5
  await utimes(join(...path), hourAgo, hourAgo)
}

describe('readFolder', () => {
  it('gives each file as a document, in bytewise order of the paths', async () => {
    const folder = await temporaryFolder({
      'b.md': 'B',
      'a/z.md': 'AZ',
      'a-b.md': 'A-B',
      'a/b/c.md': 'ABC',
      'Z.md': 'Z',
      'ä.md': 'Ä',
    })
    const documents = await list(folder)
    const ids = documents.map(({ documentId }) => documentId)
    expect(ids).toEqual(['Z.md', 'a-b.md', 'a/b/c.md', 'a/z.md', 'b.md', 'ä.md'])
    expect(ids).toEqual(ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    expect(await Promise.all(documents.map(contentOf))).toEqual(['Z', 'A-B', 'ABC', 'AZ', 'B', 'Ä'])
  })

  it('can be read again, and each iteration sees the files of its time', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A' })
    const documents = readFolder(folder)
    expect(await collect(documents)).toHaveLength(1)
    await writeFile(join(folder, 'b.md'), 'B')
    expect(await collect(documents)).toHaveLength(2)
  })

  it('takes calls of next() that do not wait for each other, and stops at return()', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A', 'b.md': 'B', 'c.md': 'C' })
    const iterator = readFolder(folder)[Symbol.asyncIterator]()
    const results = await Promise.all([iterator.next(), iterator.next()])
    expect(results.map(({ value }) => value?.documentId)).toEqual(['a.md', 'b.md'])
    await iterator.return?.()
    expect((await iterator.next()).done).toBe(true)
  })

  it('leaves out hidden files and node_modules, unless they are asked for', async () => {
    const folder = await temporaryFolder({
      'a.md': '',
      '.env': '',
      '.git/config': '',
      'node_modules/x/README.md': '',
      'b/node_modules/y.md': '',
    })
    expect(await idsOf(folder)).toEqual(['a.md'])
    expect(await idsOf(folder, { hidden: true })).toHaveLength(5)
    expect(await idsOf(folder, { hidden: true, exclude: (path) => path.includes('node_modules') })).toEqual([
      '.env',
      '.git/config',
      'a.md',
    ])
  })

  it('asks include for files, and exclude for files and folders', async () => {
    const folder = await temporaryFolder({ 'a/a.md': '', 'a/a.png': '', 'b/b.md': '', 'c.md': '' })
    const asked: string[] = []
    const exclude = (path: string): boolean => {
      asked.push(path)
      return path === 'b'
    }
    expect(await idsOf(folder, { include: (path) => path.endsWith('.md'), exclude })).toEqual(['a/a.md', 'c.md'])
    expect(asked.toSorted()).toEqual(['a', 'a/a.md', 'a/a.png', 'b', 'c.md'])
  })

  it('adds the address, and the metadata that the caller gives', async () => {
    const folder = await temporaryFolder({ 'a/b.md': '' })
    const [document] = await list(folder, {
      sourceUrl: (path) => `https://example.com/${path}`,
      metadata: (path) => ({ section: path.split('/')[0] }),
    })
    expect(document).toMatchObject({
      url: 'https://example.com/a/b.md',
      metadata: { section: 'a' },
    })
  })

  it('gives a file the same version until its content, its times or the file itself changes', async () => {
    const folder = await temporaryFolder({ 'a.md': 'one', 'b.md': 'two' })
    const versionOf = async (): Promise<string | undefined> => {
      await age(folder, 'a.md')
      await expect.poll(async () => (await list(folder))[0]?.version).toEqual(expect.any(String))
      return (await list(folder))[0]?.version
    }
    const first = await versionOf()
    expect((await list(folder))[0]?.version).toBe(first)
    await writeFile(join(folder, 'a.md'), 'two')
    const second = await versionOf()
    await rename(join(folder, 'b.md'), join(folder, 'a.md'))
    const third = await versionOf()
    expect(new Set([first, second, third]).size).toBe(3)
  })

  it('gives no version to a file that changed a moment ago, because it may change again within one tick', async () => {
    const folder = await temporaryFolder({ 'a.md': 'one' })
    const soon = Date.now() / 1000 + 60
    await utimes(join(folder, 'a.md'), soon, soon)
    expect((await list(folder))[0]?.version).toBeUndefined()
  })
})

describe('readFolder, symbolic links', () => {
  it('does not follow them by default, and gives each as a document that cannot be read', async () => {
    const outside = await temporaryFolder({ 'secret.md': 'secret' })
    const folder = await temporaryFolder({ 'a.md': 'A', 'b/c.md': 'C' })
    await symlink(join(folder, 'a.md'), join(folder, 'link.md'))
    await symlink(outside, join(folder, 'b', 'outside'))
    await symlink('nowhere', join(folder, 'broken'))
    const documents = await list(folder)
    const reason = 'it is a symbolic link: set followLinks to read links within the folder, or exclude it'
    expect(await contentsOf(documents)).toEqual({
      'a.md': 'A',
      'b/c.md': 'C',
      'b/outside': `Cannot read b/outside: ${reason}`,
      broken: `Cannot read broken: ${reason}`,
      'link.md': `Cannot read link.md: ${reason}`,
    })
    expect(documents.map(({ documentId }) => documentId)).toEqual(['a.md', 'b/c.md', 'b/outside', 'broken', 'link.md'])
    // With a version, the error would be reported only once.
    expect(documents.at(-1)?.version).toBeUndefined()
  })

  it('follows only those that stay in the folder, and gives the others with a reason', async () => {
    const outside = await temporaryFolder({ 'secret.md': 'secret' })
    const folder = await temporaryFolder({ 'a.md': 'A', 'b/c.md': 'C', '.store/d.md': 'D' })
    execFileSync('mkfifo', [join(folder, '.pipe')])
    const links: readonly (readonly [string, string])[] = [
      [join(folder, 'a.md'), 'link.md'],
      ['.store', 'stored'],
      ['..', 'b/up'],
      ['.', 'b/self'],
      [outside, 'outside'],
      [join(outside, 'secret.md'), 'secret.md'],
      ['/dev/null', 'null.md'],
      ['.pipe', 'pipe.md'],
      ['loop', 'loop'],
      ['nowhere', 'broken'],
      ['a.md/inner', 'inner'],
    ]
    for (const [target, path] of links) await symlink(target, join(folder, path))
    const cyclic = 'it is a cyclic link: it leads to a folder that contains it. Remove or exclude it'
    const isOutside = 'it links to a place outside of the folder. Copy the content into the folder, or exclude it'
    const isBroken = 'it links to a file that does not exist. Repair, remove or exclude the link'
    expect(await contentsOf(await list(folder, { followLinks: true }))).toEqual({
      'a.md': 'A',
      'b/c.md': 'C',
      'b/self': `Cannot read b/self: ${cyclic}`,
      'b/up': `Cannot read b/up: ${cyclic}`,
      broken: `Cannot read broken: ${isBroken}`,
      inner: `Cannot read inner: ${isBroken}`,
      'link.md': 'A',
      loop: 'Cannot read loop: it is a cyclic link. Remove or exclude it',
      'null.md': `Cannot read null.md: ${isOutside}`,
      outside: `Cannot read outside: ${isOutside}`,
      'pipe.md': 'Cannot read pipe.md: it links to something that is not a regular file. Exclude it',
      'secret.md': `Cannot read secret.md: ${isOutside}`,
      'stored/d.md': 'D',
    })
  })

  it('reads a folder that two links lead to once, and gives the other link with a reason', async () => {
    const folder = await temporaryFolder({ '.store/d.md': 'D' })
    await symlink('.store', join(folder, 'a'))
    await mkdir(join(folder, 'b'))
    await symlink('../.store', join(folder, 'b/again'))
    expect(await contentsOf(await list(folder, { followLinks: true }))).toEqual({
      'a/d.md': 'D',
      'b/again':
        'Cannot read b/again: another link leads to the same folder, which is read there. Remove or exclude one of them',
    })
  })

  it.each([true, false])('leaves out those that the options leave out (followLinks: %s)', async (followLinks) => {
    const folder = await temporaryFolder({ 'a.md': 'A' })
    for (const name of ['.hidden', 'link.md', 'link.png']) await symlink('nowhere', join(folder, name))
    execFileSync('mkfifo', [join(folder, 'pipe.png')])
    const include = (path: string): boolean => path.endsWith('.md')
    expect(await idsOf(folder, { followLinks, include })).toEqual(['a.md', 'link.md'])
    expect(await idsOf(folder, { followLinks, include, exclude: (path) => path === 'link.md' })).toEqual(['a.md'])
    expect(await idsOf(folder, { followLinks, hidden: true })).toHaveLength(5)
  })

  it('reads a folder that is itself given by a link', async () => {
    const folder = await temporaryFolder({ 'real/a.md': 'A' })
    await symlink('real', join(folder, 'link'))
    const [document] = await list(join(folder, 'link'))
    expect(await contentOf(document)).toBe('A')
  })

  it('does not read a file that has become a link to a file outside', async () => {
    const outside = await temporaryFolder({ 'secret.md': 'secret' })
    const folder = await temporaryFolder({ 'a.md': 'A' })
    const [document] = await list(folder)
    await rm(join(folder, 'a.md'))
    await symlink(join(outside, 'secret.md'), join(folder, 'a.md'))
    await expect(contentOf(document)).rejects.toMatchObject({ name: 'DocumentError', code: 'unreadable' })
  })

  it('does not read a file below a folder that has become a link to a folder outside', async () => {
    const outside = await temporaryFolder({ 'a.md': 'secret' })
    const folder = await temporaryFolder({ 'b/a.md': 'A' })
    const [document] = await list(folder)
    await rename(join(folder, 'b'), join(folder, 'c'))
    await symlink(outside, join(folder, 'b'))
    await expect(contentOf(document)).rejects.toThrow('Cannot read b/a.md: it is outside of the folder')
  })

  it('does not list a folder that becomes a link to a folder outside', async () => {
    const outside = await temporaryFolder({ 'secret.md': 'secret' })
    const folder = await temporaryFolder({ 'a.md': 'A', 'b/c.md': 'C' })
    const iterator = readFolder(folder)[Symbol.asyncIterator]()
    await iterator.next()
    await rename(join(folder, 'b'), join(folder, 'c'))
    await symlink(outside, join(folder, 'b'))
    await expect(iterator.next()).rejects.toThrow('Cannot list all folders: b')
  })
})

describe('readFolder, bad input', () => {
  it('gives pipes and sockets as documents that cannot be read, and does not open them', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A' })
    execFileSync('mkfifo', [join(folder, 'pipe.md')])
    const server = createServer().listen(join(folder, 'socket.md'))
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    expect(await readdir(folder)).toHaveLength(3)
    expect(await contentsOf(await list(folder))).toEqual({
      'a.md': 'A',
      'pipe.md': 'Cannot read pipe.md: it is not a regular file. Exclude it',
      'socket.md': 'Cannot read socket.md: it is not a regular file. Exclude it',
    })
  })

  it('does not block on a file that has become a pipe', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A' })
    const [document] = await list(folder)
    await rm(join(folder, 'a.md'))
    execFileSync('mkfifo', [join(folder, 'a.md')])
    await expect(contentOf(document)).rejects.toThrow('Cannot read a.md: it is no longer a regular file')
  })

  it('does not read a file above the limit, such as one of 1 GB', async () => {
    const folder = await temporaryFolder({ 'a.md': '', 'b.md': '12345' })
    await truncate(join(folder, 'a.md'), 2 ** 30)
    const [large] = await list(folder)
    await expect(contentOf(large)).rejects.toMatchObject({ code: 'too-large' })
    await expect(contentOf(large)).rejects.toThrow('exceed the limit of 52428800 (maxFileBytes)')
    expect(await contentOf((await list(folder, { maxFileBytes: 5 }))[1])).toBe('12345')
    await expect(contentOf((await list(folder, { maxFileBytes: 4 }))[1])).rejects.toMatchObject({ code: 'too-large' })
  })

  it('says so if a file has disappeared', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A' })
    const [document] = await list(folder)
    await rm(join(folder, 'a.md'))
    await expect(contentOf(document)).rejects.toMatchObject({
      code: 'unreadable',
      message: /Cannot read a.md: ENOENT/u,
    })
  })

  it('does not return a file that changes while it is read', async () => {
    const folder = await temporaryFolder({ 'a.log': 'x'.repeat(8 * 1024 * 1024) })
    const [document] = await list(folder)
    const path = join(folder, 'a.log')
    const writer = await open(path, 'a')
    let isOpen = true
    const writing = (async () => {
      while (isOpen) await writer.write('more')
      await writer.close()
    })()
    await expect(contentOf(document)).rejects.toMatchObject({
      code: 'unreadable',
      message: 'Cannot read a.log: it changed while it was read',
    })
    isOpen = false
    await writing
    expect(await contentOf(document)).toHaveLength((await lstat(path)).size)
  })

  it('gives a file without permission as a document that cannot be read', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A', 'b.md': 'B' })
    await chmod(folder, 0o755)
    await chmod(join(folder, 'a.md'), 0)
    await withoutPrivileges(async () => {
      const [locked, other] = await list(folder)
      await expect(contentOf(locked)).rejects.toMatchObject({ code: 'unreadable', message: /a\.md: EACCES/u })
      expect(await contentOf(other)).toBe('B')
    })
  })

  it.each([0, 0o444])('fails after the last document if a folder with mode %o cannot be listed', async (mode) => {
    const folder = await temporaryFolder({ 'a/b.md': 'B', 'c.md': 'C' })
    await chmod(folder, 0o755)
    await chmod(join(folder, 'a'), mode)
    const ids: string[] = []
    await withoutPrivileges(async () => {
      const reading = (async () => {
        for await (const { documentId } of readFolder(folder)) ids.push(documentId)
      })()
      await expect(reading).rejects.toThrow(/^Cannot list all folders: a \(EACCES/u)
    })
    expect(ids).toEqual(['c.md'])
    expect(await idsOf(folder, { exclude: (path) => path === 'a' })).toEqual(['c.md'])
  })

  it('fails if the folder is missing, or no folder', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A' })
    await expect(list(join(folder, 'missing'))).rejects.toThrow(/^Cannot read the folder .*missing: ENOENT/u)
    await expect(list(join(folder, 'a.md'))).rejects.toThrow(/a\.md: it is not a folder$/u)
  })

  it('names the current folder if a relative path is wrong, and refuses an empty one', async () => {
    await expect(list('./missing')).rejects.toThrow(`Cannot read the folder ./missing in ${process.cwd()}: ENOENT`)
    expect(() => readFolder('')).toThrow("Cannot use folder: it is empty. The current folder is '.'")
  })

  it('fails if the folder is removed while it is read, and skips a folder in it that is', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A', 'b/c.md': 'C' })
    const iterator = readFolder(folder)[Symbol.asyncIterator]()
    await iterator.next()
    await rm(join(folder, 'b'), { recursive: true })
    expect((await iterator.next()).done).toBe(true)
    await rm(folder, { recursive: true })
    await expect(list(folder)).rejects.toThrow('Cannot read the folder')
  })

  it('reads files whose names are invalid as UTF-8', async () => {
    const folder = await temporaryFolder({ 'caf%E9.md': 'literal' })
    await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Uint8Array.of(0xe9), Buffer.from('.md')]), 'Latin 1')
    await mkdir(Buffer.concat([Buffer.from(`${folder}/d`), Uint8Array.of(0xff)]))
    await writeFile(Buffer.concat([Buffer.from(`${folder}/d`), Uint8Array.of(0xff), Buffer.from('/e.md')]), 'inner')
    const documents = await list(folder)
    const contents = await Promise.all(documents.map(async (doc) => [doc.documentId, await contentOf(doc)]))
    expect(contents).toEqual([
      ['caf%E9.md', 'literal'],
      ['caf%E9.md%', 'Latin 1'],
      ['d%FF/e.md', 'inner'],
    ])
  })

  it('keeps names that differ in case, and names with spaces, line breaks and backslashes', async () => {
    const names = ['A.md', 'a b.md', 'a.md', 'a\nb.md', String.raw`a\..\b.md`]
    const folder = await temporaryFolder(Object.fromEntries(names.map((name) => [name, name])))
    const documents = await list(folder)
    expect(documents.map(({ documentId }) => documentId).toSorted()).toEqual(names.toSorted())
    expect((await Promise.all(documents.map(contentOf))).toSorted()).toEqual(names.toSorted())
  })

  it('ends with the reason of its signal, also while it reads a file', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A', 'b.md': 'B' })
    const controller = new AbortController()
    const iterator = readFolder(folder, { signal: controller.signal })[Symbol.asyncIterator]()
    const { value } = await iterator.next()
    const reason = new Error('stopped')
    controller.abort(reason)
    await expect(iterator.next()).rejects.toBe(reason)
    if (typeof value?.content !== 'function') throw new Error('no content')
    await expect(value.content({ signal: controller.signal })).rejects.toBe(reason)
  })

  it.each([
    ['folder', () => readFolder('')],
    ['include', () => readFolder('.', { include: '*.md' as never })],
    ['maxFileBytes', () => readFolder('.', { maxFileBytes: 0 })],
    ['followLinks', () => readFolder('.', { followLinks: 1 as never })],
    ['includes', () => readFolder('.', { includes: () => true } as never)],
  ])('rejects an invalid %s at once', (field, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-input', field }))
  })

  it('lists 10,000 files in a few seconds', async () => {
    const files = Array.from({ length: 10_000 }, (_, index) => [`${index % 100}/${index}.md`, `# ${index}`] as const)
    const folder = await temporaryFolder(Object.fromEntries(files))
    const spentMs = await cpuMs(async () => expect(await idsOf(folder)).toHaveLength(10_000))
    expect(spentMs).toBeLessThan(5_000)
    await appendFile(join(folder, '1/1.md'), 'more')
  })
})

/** Runs a function as a user that permissions apply to, because they do not apply to root. */
async function withoutPrivileges(run: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    await run()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}
