/** A part of a page that a script writes, between two comments that name the script. */
export interface WrittenRegion {
  /** Returns the page with `text` as the region. Throws if the page has no such region. */
  replace(page: string, text: string): string
}

/**
 * Describes the region `name` of a page that the script `script` writes.
 *
 * @param name - The word in the two comments around the region.
 * @param script - The path of the script, so that a reader of the page finds it.
 */
export function writtenRegion(name: string, script: string): WrittenRegion {
  const start = `<!-- ${name}: written by ${script} -->`
  const end = `<!-- /${name} -->`
  return {
    replace(page, text) {
      const [before, rest = ''] = page.split(start)
      const [, after] = rest.split(end)
      if (after === undefined) throw new Error(`Cannot find ${start} and ${end} in the page`)
      return `${before}${start}\n\n${text}\n${end}${after}`
    },
  }
}
