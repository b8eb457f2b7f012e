import { HttpError } from './http-error.ts'

/** How an answer can be sent. */
export type AnswerFormat = 'sse' | 'ndjson' | 'text' | 'json'

/** The media type of each format. */
export const MEDIA_TYPES: Readonly<Record<AnswerFormat, string>> = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  text: 'text/plain',
}

/**
 * The format that an `Accept` header likes best; `offered` is in our own order of preference, which decides among equals.
 * A format takes the weight of the range that names it most exactly (RFC 9110, 12.5.1).
 *
 * @throws HttpError 406 when it likes none
 */
export function negotiate<Format extends AnswerFormat>(accept: string | null, offered: readonly Format[]): Format {
  const ranges = parseAccept(accept?.trim() || '*/*')
  const rated = offered.map((format) => ({ format, quality: qualityOf(MEDIA_TYPES[format], ranges) }))
  const best = rated.reduce((best, candidate) => (candidate.quality > best.quality ? candidate : best))
  if (best.quality > 0) return best.format
  const types = offered.map((format) => MEDIA_TYPES[format]).join(', ')
  throw new HttpError(406, 'accept', `Cannot answer in a format of this Accept header: use ${types}`)
}

interface MediaRange {
  readonly name: string
  readonly quality: number
}

function parseAccept(accept: string): readonly MediaRange[] {
  return accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length) ?? '1'
    // A weight that is none counts as nothing.
    return { name, quality: /^[01](?:\.\d{0,3})?$/u.test(weight) ? Number(weight) : 0 }
  })
}

function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const fromExactToAny = [type, type.replace(/\/.*/u, '/*'), '*/*']
  const names = fromExactToAny.find((name) => ranges.some((range) => range.name === name))
  return ranges.find(({ name }) => name === names)?.quality ?? 0
}
