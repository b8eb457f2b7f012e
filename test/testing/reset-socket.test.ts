import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { resetSocket } from '../../src/testing/reset-socket.ts'
import { serve } from './serve.ts'

describe('resetSocket', () => {
  it('closes a socket that is sending its FIN, which a plain reset would leave open', async () => {
    await using server = await serve(() => {})
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.end()
    const closed = once(socket, 'close')
    resetSocket(socket)
    expect(await closed).toEqual([false])
  })
})
