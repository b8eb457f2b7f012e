import { TEXT_HEADERS } from '../encoders/headers.ts'
import { endOfCharacter } from '../core/text/cut-text.ts'
import type { Dialect } from './dialect.ts'

/** The answer and nothing else. A failure breaks the connection, because text has no other way to say it. */
export const plainText: Dialect = {
  headers: TEXT_HEADERS,
  opening: '',
  keepAlive: '',
  breaksOnError: true,
  open() {
    let half = ''
    return (event) => {
      if (event.type !== 'token') return ''
      const text = half + event.delta
      // No byte stands for half of a surrogate pair: it waits for its other half.
      const end = endOfCharacter(text, text.length)
      half = text.slice(end)
      return text.slice(0, end)
    }
  },
}
