/** A part of the answer: plain text, or one citation marker with its numbers. */
export type ScannedPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'marker'; readonly text: string; readonly numbers: readonly number[] }

/** Maximum distance between a held marker and the end of its region, in UTF-16 code units; then the region is decided. */
export const MAX_UNDECIDED_CHARS = 256

// Maximum number of nested open regions, so that the memory is bounded.
const MAX_REGIONS = 64

/** A part of the text that may be the text of a link or a formula, which have no markers. */
export interface Region {
  /** The text that ends it: `]` for a link, else the end of a formula. */
  readonly close: string
  /** The position after its opening. */
  readonly start: number
  /** True if only a formula begins like this; then a long region counts as a formula. */
  readonly certain: boolean
}

/** Holds markers back while the region around them is undecided. */
export interface UndecidedMarkers {
  /** True while a marker is held back. */
  isHolding(): boolean
  /** Adds text or a marker at the end. */
  put(piece: ScannedPiece): void
  /** Opens a region inside of the open ones. */
  open(region: Region): void
  /** Returns the innermost open region that ends with `close`. */
  find(close: string): Region | undefined
  /** Decides that an open region and the regions in it are prose. */
  dropFrom(region: Region): void
  /** Decides that an open region is a link or a formula: its markers are text. */
  readAsText(region: Region): void
  /** Decides that all regions that do not fit are prose. */
  keepOnly(fits: (region: Region) => boolean): void
  /** Counts a character after a held marker; returns true when the regions must be decided. */
  count(): boolean
  /** Decides all regions; returns the end of the current formula, if the text is in one. */
  decide(): string | undefined
  /** Removes and returns the pieces that are decided. */
  take(): readonly ScannedPiece[]
}

/** A region, with the number of pieces that were held when it was opened. */
interface OpenRegion {
  readonly region: Region
  readonly from: number
}

/** Creates the list without open regions. The held text is bounded by {@link MAX_UNDECIDED_CHARS}. */
export function createUndecidedMarkers(): UndecidedMarkers {
  let regions: OpenRegion[] = []
  let held: ScannedPiece[] = []
  let heldChars = 0
  let decided: ScannedPiece[] = []

  // Adjacent texts are joined, because each piece becomes an event.
  function decide(piece: ScannedPiece): void {
    const last = decided.at(-1)
    if (piece.kind !== 'text' || last?.kind !== 'text') decided.push(piece)
    else decided[decided.length - 1] = { kind: 'text', text: last.text + piece.text }
  }

  /** Releases the pieces before the first open region. */
  function release(): void {
    const count = regions[0]?.from ?? held.length
    if (count === 0) return
    for (const piece of held.slice(0, count)) decide(piece)
    held = held.slice(count)
    regions = regions.map(({ region, from }) => ({ region, from: from - count }))
    if (held.length === 0) heldChars = 0
  }

  function truncate(index: number): void {
    regions = regions.slice(0, index)
    release()
  }

  function indexOf(region: Region): number {
    return regions.findLastIndex((open) => open.region === region)
  }

  function readAsText(region: Region): void {
    const index = indexOf(region)
    const from = regions[index]?.from ?? held.length
    const text = held
      .slice(from)
      .map((piece) => piece.text)
      .join('')
    held = held.slice(0, from)
    if (text !== '') held.push({ kind: 'text', text })
    truncate(index)
  }

  return {
    isHolding: () => held.length > 0,
    put(piece) {
      if (held.length > 0 || (piece.kind === 'marker' && regions.length > 0)) held.push(piece)
      else decide(piece)
    },
    open(region) {
      if (regions.length < MAX_REGIONS) regions.push({ region, from: held.length })
    },
    find: (close) => regions.findLast(({ region }) => region.close === close)?.region,
    dropFrom: (region) => truncate(indexOf(region)),
    readAsText,
    keepOnly(fits) {
      if (regions.length === 0) return
      regions = regions.filter(({ region }) => fits(region))
      release()
    },
    count: () => held.length > 0 && ++heldChars > MAX_UNDECIDED_CHARS,
    decide() {
      const formula = regions.find(({ region }) => region.certain)?.region
      if (formula) readAsText(formula)
      truncate(0)
      return formula?.close
    },
    take() {
      const taken = decided
      decided = []
      return taken
    },
  }
}
