import { once } from 'node:events'
import { connect } from 'node:net'

/** An HTTP/2 client that controls its own flow-control window. */
export interface WindowClient extends Disposable {
  /** Lets the server send this many more bytes, and waits until they have arrived. */
  take(bytes: number): Promise<void>
}

const DATA = 0
const HEADERS = 1
const SETTINGS = 4
const WINDOW_UPDATE = 8
const END_STREAM_AND_HEADERS = 0x05
const FRAME_HEAD_BYTES = 9
const FIRST_WINDOW_BYTES = 65_535

/** Sends a GET, and resolves when the first window of 64 KB is full. */
export async function openWindowClient({ port }: { readonly port: number }): Promise<WindowClient> {
  const socket = connect(port, '127.0.0.1')
  let received = 0
  let wanted = FIRST_WINDOW_BYTES
  let pending = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', (piece) => {
    pending = Buffer.concat([pending, piece])
    for (;;) {
      const length = pending.length < FRAME_HEAD_BYTES ? Infinity : pending.readUIntBE(0, 3)
      if (pending.length < FRAME_HEAD_BYTES + length) return
      if (pending[3] === DATA) received += length
      pending = pending.subarray(FRAME_HEAD_BYTES + length)
      socket.emit('frame')
    }
  })
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  socket.write(frame(SETTINGS, 0, Buffer.alloc(0)))
  socket.write(frame(HEADERS, 1, requestHead('/chat?question=Why', `127.0.0.1:${port}`), END_STREAM_AND_HEADERS))

  async function untilReceived(): Promise<void> {
    while (received < wanted) await once(socket, 'frame')
  }

  await untilReceived()
  return {
    async take(bytes) {
      wanted += bytes
      const increment = Buffer.alloc(4)
      increment.writeUInt32BE(bytes)
      // For the connection and for the stream.
      socket.write(Buffer.concat([frame(WINDOW_UPDATE, 0, increment), frame(WINDOW_UPDATE, 1, increment)]))
      await untilReceived()
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

function frame(type: number, streamId: number, payload: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(streamId, 5)
  return Buffer.concat([head, payload])
}

/** A GET over http in a minimal HPACK encoding. */
function requestHead(path: string, authority: string): Buffer {
  const literal = (index: number, value: string) =>
    Buffer.concat([Buffer.from([index, Buffer.byteLength(value)]), Buffer.from(value)])
  return Buffer.concat([Buffer.from([0x82, 0x86]), literal(0x04, path), literal(0x01, authority)])
}
