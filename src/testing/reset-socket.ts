import type { Socket } from 'node:net'

/**
 * Breaks a connection with RST. A socket that is sending its FIN is only closed: libuv refuses to reset it, and Node
 * would then never close the handle.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
