import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { disconnectSignal } from '../../src/node.ts'

describe('disconnectSignal', () => {
  it.each(['response', 'socket'] as const)('C7: aborts once, when the %s closes first', (first) => {
    const { response, socket } = open()
    const signal = disconnectSignal(response)
    let fired = 0
    signal.addEventListener('abort', () => (fired += 1))
    const order = first === 'response' ? [response, socket] : [socket, response]
    for (const emitter of order) emitter.emit('close')
    expect([signal.aborted, fired]).toEqual([true, 1])
  })

  it('C7: has already aborted for a connection that is closed', () => {
    const { response, socket } = open()
    socket.destroyed = true
    expect(disconnectSignal(response).aborted).toBe(true)
  })

  it('C7: adds one listener per connection, for any number of requests', () => {
    const { response, socket } = open()
    const { response: next } = open(socket)
    const signals = [response, response, next].map(disconnectSignal)
    expect(socket.listenerCount('close')).toBe(1)
    response.emit('close')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false])
    socket.emit('close')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true])
  })

  it('observes only the stream for HTTP/2, because its connection serves other requests', () => {
    const { response, socket } = open()
    const signal = disconnectSignal(Object.assign(response, { stream: { destroyed: false } }))
    socket.emit('close')
    expect(signal.aborted).toBe(false)
    expect(disconnectSignal(Object.assign(response, { stream: { destroyed: true } })).aborted).toBe(true)
  })

  it.each([[undefined], [null], [{}]])('works without a connection: %j', (socket) => {
    const response = Object.assign(new EventEmitter(), { req: { socket } })
    const signal = disconnectSignal(response)
    response.emit('close')
    expect(signal.aborted).toBe(true)
  })
})

function open(socket = Object.assign(new EventEmitter(), { destroyed: false })) {
  return { socket, response: Object.assign(new EventEmitter(), { req: { socket } }) }
}
