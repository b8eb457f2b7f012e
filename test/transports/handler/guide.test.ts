import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { snippetsOf } from '../../../scripts/snippets.ts'
import type { ChatHandler } from '../../../src/server.ts'

// Inside of the repository, so that the packages that a block imports resolve.
const FOLDER = '.cache/guides'

describe('docs/guides/handler.md', () => {
  it('filters as it says', async () => {
    const handler = await runBlock('LocalFilter')
    const all = await ask(handler)
    expect(all).toMatchObject({ status: 200, body: { sources: [{ documentId: 'shirts' }, { documentId: 'shoes' }] } })
    const shoes = await ask(handler, { product: 'shoes' })
    expect(shoes).toMatchObject({ status: 200, body: { sources: [{ documentId: 'shoes' }] } })
    const shirts = await ask(handler, { product: 'shirts' })
    expect(shirts).toMatchObject({ status: 200, body: { sources: [{ documentId: 'shirts' }] } })
    expect(await ask(handler, { product: 'hats' })).toMatchObject({ status: 400, body: { field: 'filter.product' } })
  })
})

/** Runs the block of the guide that holds a word, against the sources instead of the built package. */
async function runBlock(word: string): Promise<ChatHandler> {
  const block = snippetsOf('docs/guides/handler.md').find(({ code }) => code.includes(word))
  const code = block?.code.replaceAll(
    /'ragwire\/(\w+)'/g,
    (_name, door) => `'${pathToFileURL(resolve('src')).href}/${door}.ts'`,
  )
  mkdirSync(FOLDER, { recursive: true })
  const file = resolve(FOLDER, `${word}.ts`)
  writeFileSync(file, code ?? expect.fail(`No block of the guide holds ${word}`))
  const { handler } = await import(pathToFileURL(file).href)
  return handler
}

async function ask(handler: ChatHandler, filter?: object) {
  const response = await handler(
    new Request('http://localhost/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ question: 'Can I return unused shoes and exchange washed shirts?', filter }),
    }),
  )
  return { status: response.status, body: await response.json() }
}
