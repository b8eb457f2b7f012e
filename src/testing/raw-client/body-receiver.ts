/**
 * The end of a response: complete according to HTTP, closed early by the server (`cut`), by a broken connection
 * (`reset`), or by the client's own `destroy()` (`destroyed`).
 */
export type RawClientEnd = 'complete' | 'cut' | 'reset' | 'destroyed'

/** Creates the receiver of a body, which collects it and lets callers wait for text in it. */
export function createBodyReceiver() {
  const decoder = new TextDecoder()
  const waiting = new Set<() => void>()
  const { promise: ended, resolve } = Promise.withResolvers<RawClientEnd>()
  let text = ''
  let end: RawClientEnd | undefined
  const notify = () => {
    for (const look of waiting) look()
  }

  const tail = () => JSON.stringify(text.slice(-500))

  return {
    text: () => text,
    /** Returns the end of the text, for messages. */
    tail,
    ended,
    push(bytes: Uint8Array) {
      text += decoder.decode(bytes, { stream: true })
      notify()
    },
    /** Only the first cause counts; later ones are consequences. */
    end(how: RawClientEnd) {
      end ??= how
      resolve(end)
      notify()
    },
    waitFor(wanted: string | ((text: string) => boolean)): Promise<string> {
      const found = typeof wanted === 'string' ? () => text.includes(wanted) : () => wanted(text)
      return new Promise<string>((fulfil, reject) => {
        const look = () => {
          try {
            if (found()) fulfil(text)
            else if (end) throw new Error(`The response ended (${end}) without ${describeWanted(wanted)}: ${tail()}`)
            else return
          } catch (error) {
            reject(error)
          }
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      })
    },
  }
}

/** Describes the awaited text. */
export function describeWanted(wanted: string | ((text: string) => boolean)): string {
  return typeof wanted === 'string' ? JSON.stringify(wanted) : 'text that the predicate accepts'
}
