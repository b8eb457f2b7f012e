/** Resolves when a number has not changed for 100 turns of the event loop. */
export async function standsStill(figure: () => number): Promise<void> {
  let last = figure()
  for (let turns = 0; turns < 100; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    if (figure() !== last) turns = 0
    last = figure()
  }
}
