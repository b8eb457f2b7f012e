// @ts-check

/**
 * Reads the events of a `text/event-stream` body as they arrive, each with its id: where a reader may resume after it.
 * The name of an event stands in its data, too, so only the data is read; comments, which keep the connection awake,
 * are skipped.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<{ readonly id: string | undefined, readonly event: import('ragwire').ChatEvent }, void, void>}
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
        const data = fieldOf(frame, 'data')
        if (data) yield { id: fieldOf(frame, 'id'), event: JSON.parse(data) }
      }
    }
  } finally {
    // Whoever breaks off the loop is done with the connection, too.
    reader.cancel().catch(() => {})
  }
}

/** @param {string} frame @param {string} name */
function fieldOf(frame, name) {
  const prefix = `${name}: `
  return frame
    .split('\n')
    .find((line) => line.startsWith(prefix))
    ?.slice(prefix.length)
}
