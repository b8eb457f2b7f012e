import * as z from 'zod'

// The handler accepts these ids of runs only.
const UUID = z.uuid()

/**
 * Returns the id of the run that a client names: the same for a UUID, otherwise one that is derived from it and from the
 * protocol. So a repeated request gets the same run, and the model is not paid twice.
 */
export async function deriveRunId(protocol: string, clientId: string): Promise<string> {
  if (UUID.safeParse(clientId).success) return clientId
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${protocol}:${clientId}`))
  const view = new DataView(digest)
  // Version 8 is the one for ids that an application derives in its own way, see RFC 9562.
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x80)
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80)
  const hex = Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5')
}
