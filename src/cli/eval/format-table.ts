import stringWidth from 'fast-string-width'

/** Formats rows with aligned columns. A wide character, such as a Chinese one, takes two places in a terminal. */
export function formatTable(rows: readonly (readonly string[])[]): readonly string[] {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))),
  )
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  )
}

/** Returns the text on one line, cut to a number of places. */
export function cutToWidth(text: string, places: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim()
  if (stringWidth(line) <= places) return line
  let cut = ''
  let width = 0
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(line)) {
    width += stringWidth(segment)
    // One place is left for the ellipsis.
    if (width > places - 1) break
    cut += segment
  }
  return `${cut.trimEnd()}…`
}
