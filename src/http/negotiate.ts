import type { Dialect } from '../dialects/dialect.ts'
import { HttpError } from './http-error.ts'

/**
 * Returns the dialect that an `Accept` header prefers. Among equals, the order of `offered` decides. A dialect has the
 * weight of the range that matches its media type most exactly (RFC 9110, 12.5.1).
 *
 * @throws HttpError 406 if the header accepts none
 */
export function negotiate(accept: string | null, offered: readonly Dialect[]): Dialect {
  // The usual header is one media type, which excludes all others.
  const exact = offered.find(({ mediaType }) => mediaType === accept)
  if (exact) return exact
  const ranges = parseAccept(accept?.trim() || '*/*')
  const rated = offered.map((dialect) => ({ dialect, quality: qualityOf(dialect.mediaType, ranges) }))
  const best = rated.reduce((best, candidate) => (candidate.quality > best.quality ? candidate : best))
  if (best.quality > 0) return best.dialect
  const types = offered.map(({ mediaType }) => mediaType).join(', ')
  throw new HttpError(406, 'accept', `Cannot answer in a media type of this Accept header: use ${types}`)
}

interface MediaRange {
  readonly name: string
  readonly quality: number
}

function parseAccept(accept: string): readonly MediaRange[] {
  return accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length) ?? '1'
    // An invalid weight counts as 0.
    return { name, quality: /^[01](?:\.\d{0,3})?$/u.test(weight) ? Number(weight) : 0 }
  })
}

function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const fromExactToAny = [type, type.replace(/\/.*/u, '/*'), '*/*']
  const names = fromExactToAny.find((name) => ranges.some((range) => range.name === name))
  return ranges.find(({ name }) => name === names)?.quality ?? 0
}
