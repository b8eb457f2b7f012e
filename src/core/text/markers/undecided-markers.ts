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

/** The list with its state. Its functions are shared: every open answer has a list, and closures of each cost more. */
interface HeldMarkers extends UndecidedMarkers {
  regions: OpenRegion[]
  held: ScannedPiece[]
  heldChars: number
  decided: ScannedPiece[]
}

/** Creates the list without open regions. The held text is bounded by {@link MAX_UNDECIDED_CHARS}. */
export function createUndecidedMarkers(): UndecidedMarkers {
  const markers: HeldMarkers = {
    regions: [],
    held: [],
    heldChars: 0,
    decided: [],
    isHolding,
    put,
    open,
    find,
    dropFrom,
    readAsText,
    keepOnly,
    count,
    decide,
    take,
  }
  return markers
}

function isHolding(this: HeldMarkers): boolean {
  return this.held.length > 0
}

function put(this: HeldMarkers, piece: ScannedPiece): void {
  if (this.held.length > 0 || (piece.kind === 'marker' && this.regions.length > 0)) this.held.push(piece)
  else append(this, piece)
}

function open(this: HeldMarkers, region: Region): void {
  if (this.regions.length < MAX_REGIONS) this.regions.push({ region, from: this.held.length })
}

function find(this: HeldMarkers, close: string): Region | undefined {
  return this.regions.findLast(({ region }) => region.close === close)?.region
}

function dropFrom(this: HeldMarkers, region: Region): void {
  truncate(this, indexOf(this, region))
}

function readAsText(this: HeldMarkers, region: Region): void {
  const index = indexOf(this, region)
  const from = this.regions[index]?.from ?? this.held.length
  const text = this.held
    .slice(from)
    .map((piece) => piece.text)
    .join('')
  this.held = this.held.slice(0, from)
  if (text !== '') this.held.push({ kind: 'text', text })
  truncate(this, index)
}

function keepOnly(this: HeldMarkers, fits: (region: Region) => boolean): void {
  if (this.regions.length === 0) return
  this.regions = this.regions.filter(({ region }) => fits(region))
  release(this)
}

function count(this: HeldMarkers): boolean {
  return this.held.length > 0 && ++this.heldChars > MAX_UNDECIDED_CHARS
}

function decide(this: HeldMarkers): string | undefined {
  const formula = this.regions.find(({ region }) => region.certain)?.region
  if (formula) this.readAsText(formula)
  truncate(this, 0)
  return formula?.close
}

function take(this: HeldMarkers): readonly ScannedPiece[] {
  const taken = this.decided
  this.decided = []
  return taken
}

// Adjacent texts are joined, because each piece becomes an event.
function append({ decided }: HeldMarkers, piece: ScannedPiece): void {
  const last = decided.at(-1)
  if (piece.kind !== 'text' || last?.kind !== 'text') decided.push(piece)
  else decided[decided.length - 1] = { kind: 'text', text: last.text + piece.text }
}

function indexOf({ regions }: HeldMarkers, region: Region): number {
  return regions.findLastIndex((open) => open.region === region)
}

function truncate(markers: HeldMarkers, index: number): void {
  markers.regions = markers.regions.slice(0, index)
  release(markers)
}

/** Releases the pieces before the first open region. */
function release(markers: HeldMarkers): void {
  const count = markers.regions[0]?.from ?? markers.held.length
  if (count === 0) return
  for (const piece of markers.held.slice(0, count)) append(markers, piece)
  markers.held = markers.held.slice(count)
  markers.regions = markers.regions.map(({ region, from }) => ({ region, from: from - count }))
  if (markers.held.length === 0) markers.heldChars = 0
}
