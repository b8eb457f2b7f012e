/** A run of the answer: plain text, or one citation marker with the numbers it names. */
export type ScannedPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'marker'; readonly text: string; readonly numbers: readonly number[] }

/** Longest text between a marker in an open region and the end of the region that is waited for, in UTF-16 code units. */
export const MAX_UNDECIDED_CHARS = 256

// More open regions in one another are not tracked: they would make the memory grow with the text.
const MAX_REGIONS = 64

/** A part of the text that may turn out to be no prose: the text of a link, or a formula. */
export interface Region {
  /** The text that ends it: `]` for the text of a link, else the end of a formula. */
  readonly close: string
  /** Its first position in the text, after its opening. */
  readonly start: number
  /** True if only a formula begins like this, so that a long region is a formula, too. */
  readonly certain: boolean
}

/** Holds markers back while the region around them is undecided. */
export interface UndecidedMarkers {
  /** True while a marker is held back. */
  isHolding(): boolean
  /** Adds text or a marker behind what came before. */
  put(piece: ScannedPiece): void
  /** Opens a region inside of the open ones. */
  open(region: Region): void
  /** The innermost open region that ends like this. */
  find(close: string): Region | undefined
  /** Decides that an open region is prose, as are the regions in it. */
  dropFrom(region: Region): void
  /** Decides that an open region is a link or a formula: its markers are text. */
  readAsText(region: Region): void
  /** Decides that every region is prose which does not fit. */
  keepOnly(fits: (region: Region) => boolean): void
  /** Counts a character behind a held marker; true when it is time to decide. */
  count(): boolean
  /** Decides all regions. Returns the end of the formula that the text is in now, if it is in one. */
  decide(): string | undefined
  /** Removes and returns the pieces that are decided. */
  take(): readonly ScannedPiece[]
}

/** A region, and how many pieces were held when it was opened. */
interface OpenRegion {
  readonly region: Region
  readonly from: number
}

/** Starts with nothing open. What is held back is bounded by {@link MAX_UNDECIDED_CHARS}. */
export function createUndecidedMarkers(): UndecidedMarkers {
  let regions: OpenRegion[] = []
  let held: ScannedPiece[] = []
  let heldChars = 0
  let decided: ScannedPiece[] = []

  // Texts that follow one another are one: a reader gets an event for each.
  function decide(piece: ScannedPiece): void {
    const last = decided.at(-1)
    if (piece.kind !== 'text' || last?.kind !== 'text') decided.push(piece)
    else decided[decided.length - 1] = { kind: 'text', text: last.text + piece.text }
  }

  /** Releases what no open region can change any more. */
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
