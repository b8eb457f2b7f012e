import { endOfCharacter } from '../core/text/cut-text.ts'
import { TEXT_HEADERS } from '../encoders/headers.ts'
import type { Dialect } from './dialect.ts'

/** The answer as plain text and nothing else. A failure breaks the connection, because text cannot represent it. */
export const nativeText: Dialect & { readonly name: 'text' } = {
  name: 'text',
  mediaType: 'text/plain',
  headers: TEXT_HEADERS,
  opening: '',
  keepAlive: '',
  breaksOnError: true,
  schema: { type: 'string', description: 'The answer and nothing else.' },
  open() {
    let half = ''
    return (event) => {
      if (event.type !== 'token') return ''
      const text = half + event.delta
      // An unpaired surrogate cannot be encoded: it waits for the other half.
      const end = endOfCharacter(text, text.length)
      half = text.slice(end)
      return text.slice(0, end)
    }
  },
}
