// @ts-check

/** Reads the events of a `text/event-stream` body as they arrive, each with its id, at which a reader may resume. The data
 * also has the name of the event, so only the data is read. Comments are keep-alives and are skipped.
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
    // A caller that leaves the loop no longer needs the connection.
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
