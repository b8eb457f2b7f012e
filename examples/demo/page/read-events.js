// @ts-check

/**
 * Reads the events of a `text/event-stream` body as they arrive. The name of an event stands in its
 * data, too, so only the data is read; comments, which keep the connection awake, are skipped.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<import('ragwire').ChatEvent, void, void>}
 */
export async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let unfinished = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const frames = (unfinished + value).split('\n\n')
      unfinished = frames.pop() ?? ''
      for (const frame of frames) {
        const data = frame.split('\n').find((line) => line.startsWith('data: '))
        if (data) yield JSON.parse(data.slice('data: '.length))
      }
    }
  } finally {
    // Whoever breaks off the loop is done with the connection, too.
    reader.cancel().catch(() => {})
  }
}
