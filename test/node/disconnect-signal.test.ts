import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { disconnectSignal } from '../../src/node.ts'

describe('disconnectSignal', () => {
  it.each(['response', 'socket'] as const)('C7: fires once when the %s closes first', (first) => {
    const { response, socket } = open()
    const signal = disconnectSignal(response)
    let fired = 0
    signal.addEventListener('abort', () => (fired += 1))
    const order = first === 'response' ? [response, socket] : [socket, response]
    for (const emitter of order) emitter.emit('close')
    expect([signal.aborted, fired]).toEqual([true, 1])
  })

  it('C7: has fired already for a connection that is gone', () => {
    const { response, socket } = open()
    socket.destroyed = true
    expect(disconnectSignal(response).aborted).toBe(true)
  })

  it('C7: puts one listener on a connection, whatever number of requests it serves', () => {
    const { response, socket } = open()
    const { response: next } = open(socket)
    const signals = [response, response, next].map(disconnectSignal)
    expect(socket.listenerCount('close')).toBe(1)
    response.emit('close')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false])
    socket.emit('close')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true])
  })

  it('looks at the stream alone where it is one of HTTP/2, whose connection serves others', () => {
    const { response, socket } = open()
    const signal = disconnectSignal(Object.assign(response, { stream: { destroyed: false } }))
    socket.emit('close')
    expect(signal.aborted).toBe(false)
    expect(disconnectSignal(Object.assign(response, { stream: { destroyed: true } })).aborted).toBe(true)
  })

  it.each([[undefined], [null], [{}]])('does without a connection that is %j', (socket) => {
    const response = Object.assign(new EventEmitter(), { req: { socket } })
    const signal = disconnectSignal(response)
    response.emit('close')
    expect(signal.aborted).toBe(true)
  })
})

function open(socket = Object.assign(new EventEmitter(), { destroyed: false })) {
  return { socket, response: Object.assign(new EventEmitter(), { req: { socket } }) }
}
