import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'
import { watchProcess } from './watch-process.ts'

it('watchProcess records a name lookup and ignores loopback', async () => {
  const server = createServer((_request, response) => response.end('ok'))
  const port = await listenOnLoopback(server)
  using watch = watchProcess()
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('ok')
  expect(watch.foreign).toEqual([])
  // The lookup is directed to loopback, so that a failing test contacts no other machine.
  expect(await (await fetch(`http://collector.example:${port}`)).text()).toBe('ok')
  expect(watch.foreign).toEqual(['collector.example'])
  await watch.settle()
  expect(watch.unhandled).toEqual([])
  server.close()
  server.closeAllConnections()
})
