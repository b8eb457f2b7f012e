import { once } from 'node:events'
import { expect, it } from 'vitest'
import { useServer } from '../../examples/openai-client/client.ts'
import { server } from '../../examples/openai-client/server.ts'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'

it('examples/openai-client asks, streams, cites, stops, resumes and continues with the package openai', async () => {
  const port = await listenOnLoopback(server)
  try {
    expect(await useServer(`http://127.0.0.1:${port}/v1`)).toHaveLength(6)
  } finally {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})
