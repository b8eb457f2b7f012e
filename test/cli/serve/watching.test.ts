import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServe, type Serving } from '../start-serve.ts'

describe('the index of a server', () => {
  let folder: string
  let server: Serving
  const pathOf = (name: string) => join(folder, 'documents', name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watching-'))
    await mkdir(pathOf('drafts'), { recursive: true })
    await writeFile(pathOf('.gitignore'), 'drafts\n')
    await writeFile(pathOf('tea.md'), '# Tea\n\nGreen tea is steeped at 80 °C.')
    await writeFile(pathOf('coffee.md'), '# Coffee\n\nCoffee is brewed at 92 °C.')
    for (let image = 0; image < 40; image++) await writeFile(pathOf(`${image}.png`), 'not an image')
    server = await startServe({ docs: join(folder, 'documents'), data: join(folder, 'data') })
  })
  afterAll(async () => {
    expect(await server.stop()).toBe(0)
    await rm(folder, { recursive: true })
  })

  it('counts files without a loader in one line', () => {
    expect(server.indexing).toEqual([
      'Left out: 40 files that no loader reads (40 .png)',
      expect.stringMatching(/^Index in .*: 2 new, 40 skipped; [\d.]+ s$/u),
    ])
  })

  it('follows a file that is changed', async () => {
    await writeFile(pathOf('tea.md'), '# Tea\n\nGreen tea is steeped at 70 °C.')
    expect(await server.nextLine()).toMatch(/^Index: changed tea\.md; [\d.]+ s$/u)
    expect(await answerOf('How hot is green tea steeped?')).toContain('70 °C')
  })

  it('follows a file that an editor replaces by a new one', async () => {
    await writeFile(pathOf('tea.md~'), '# Tea\n\nGreen tea is steeped at 75 °C.')
    await rename(pathOf('tea.md~'), pathOf('tea.md'))
    expect(await server.nextLine()).toContain('changed tea.md')
    expect(await answerOf('How hot is green tea steeped?')).toContain('75 °C')
  })

  it('opens a file that is new, and no longer one that is removed', async () => {
    await writeFile(pathOf('juice.md'), '# Juice\n\nJuice is kept at 5 °C.')
    await rm(pathOf('coffee.md'))
    expect(await server.nextLine()).toMatch(/^Index: new juice\.md; removed coffee\.md; /u)
    expect((await fetch(`${server.url}/documents/juice.md`)).status).toBe(200)
    expect((await fetch(`${server.url}/documents/coffee.md`)).status).toBe(404)
  })

  it('is not made again for files that are left out, nor for a file without a change', async () => {
    await writeFile(pathOf('drafts/secret.md'), 'Nobody may read this.')
    await writeFile(pathOf('.hidden.md'), 'Nobody may read this.')
    await writeFile(pathOf('41.png'), 'not an image')
    await writeFile(pathOf('water.md'), '# Water\n\nWater boils at 100 °C.')
    const lines = [await server.nextLine(), await server.nextLine()].toSorted()
    expect(lines).toEqual([
      expect.stringMatching(/^Index: new water\.md; /u),
      'Left out: 1 file that no loader reads (1 .png)',
    ])
  })

  it('takes all files of a checkout in few runs', async () => {
    await mkdir(pathOf('many'))
    await Promise.all(Array.from({ length: 500 }, (_, at) => writeFile(pathOf(`many/${at}.md`), `# File ${at}`)))
    let runs = 0
    while ((await documents()) < 503) {
      expect(await server.nextLine()).toMatch(/^(?:Index: new many\/|Indexing: )/u)
      runs += 1
    }
    expect(runs).toBeLessThan(10)
  })

  it('stays as it was when the folder vanishes, and follows the folder when it is back', async () => {
    await rename(join(folder, 'documents'), join(folder, 'away'))
    expect(await lineWith('The index stays as it was')).toContain('Cannot read ')
    expect(await documents()).toBe(503)
    await rename(join(folder, 'away'), join(folder, 'documents'))
    await writeFile(pathOf('milk.md'), '# Milk\n\nMilk is kept at 4 °C.')
    expect(await lineWith('milk.md')).toContain('new milk.md')
  })

  async function lineWith(part: string): Promise<string> {
    for (;;) {
      const line = await server.nextLine()
      if (line.includes(part)) return line
    }
  }

  async function documents(): Promise<number> {
    const status: { readonly documents: number } = await (await fetch(`${server.url}/status`)).json()
    return status.documents
  }

  async function answerOf(question: string): Promise<string> {
    const headers = { 'content-type': 'application/json', accept: 'text/plain' }
    const response = await fetch(`${server.url}/chat`, { method: 'POST', headers, body: JSON.stringify({ question }) })
    return response.text()
  }
})
