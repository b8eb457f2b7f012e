import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { listenOnLoopback } from '../../../src/testing/listen.ts'
import { watchProcess } from './watch-process.ts'

it('watchProcess notes a name that is looked up and leaves loopback alone', async () => {
  const server = createServer((_request, response) => response.end('ok'))
  const port = await listenOnLoopback(server)
  using watch = watchProcess()
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('ok')
  expect(watch.foreign).toEqual([])
  // What is looked up is sent to loopback, so that a test reaches nobody even where it fails.
  expect(await (await fetch(`http://collector.example:${port}`)).text()).toBe('ok')
  expect(watch.foreign).toEqual(['collector.example'])
  await watch.settle()
  expect(watch.unhandled).toEqual([])
  server.close()
  server.closeAllConnections()
})
