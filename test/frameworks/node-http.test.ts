import { createServer, type RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { answerNodeRequest, toNodeHandler } from '../../src/node.ts'
import { createChatHandler, type ChatHandler } from '../../src/server.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { openConnection } from '../sinks/support/clients.ts'
import { run } from '../sinks/support/servers.ts'

describe('the scope function of a node:http server', () => {
  it('is called with the request by toNodeHandler, only for routes that need it', async () => {
    const asked: unknown[] = []
    const scope = ({ url }: { readonly url?: string | undefined }) => {
      asked.push(url)
      return 'ann'
    }
    const listener = toNodeHandler(createHandler(), { scope })
    expect(await statusesOf(listener, ['/runs', '/openapi.json', '/nowhere'])).toEqual([200, 200, 404])
    expect(asked).toEqual(['/runs'])
  })

  it('causes the response that it throws, or a 500', async () => {
    expect(await statusesOf(toNodeHandler(createHandler(), { scope: refuse }), ['/runs'])).toEqual([401])
    const broken = toNodeHandler(createHandler(), { scope: () => Promise.reject(new Error('broken')) })
    expect(await statusesOf(broken, ['/runs'])).toEqual([500])
  })

  it.each([
    ['ann', 200],
    ['', 500],
  ])('is interpreted by answerNodeRequest as the text "%s"', async (scope, status) => {
    const handler = createHandler()
    const listener: RequestListener = (request, response) => {
      void answerNodeRequest(handler, request, response, { scope })
    }
    expect(await statusesOf(listener, ['/runs'])).toEqual([status])
  })
})

function refuse(): never {
  throw new Response(null, { status: 401 })
}

function createHandler(): ChatHandler {
  return createChatHandler({ model: scriptedChatModel([]), retriever: fakeRetriever([]), scope: refuse })
}

async function statusesOf(listener: RequestListener, paths: readonly string[]): Promise<readonly number[]> {
  await using server = await run(createServer(listener), { outcomes: [] })
  await using connection = openConnection({ http2: false }, server)
  const statuses: number[] = []
  for (const path of paths) {
    const { status, body } = await connection.send({ method: 'GET', path })
    await text(body)
    statuses.push(status)
  }
  return statuses
}
