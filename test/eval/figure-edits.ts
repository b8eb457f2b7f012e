import { FRAMES, UNITS, type Frames } from './figure-frames.ts'

/** A language of the evaluation. */
export type FigureLanguage = 'en' | 'de' | 'zh'

/** A figure in the source, another value of the same kind, and forms of the same value. */
export interface FigureEdit {
  readonly written: string
  readonly changed: string
  readonly same: readonly string[]
}

/** Invents figures of one kind. */
export interface FigureKind {
  readonly name: string
  /** The sentences that the figure fits into. */
  readonly frames: keyof Frames
  make(random: () => number, language: FigureLanguage): FigureEdit
}

/** The kinds of figures, and how each is changed. */
export const FIGURE_KINDS: readonly FigureKind[] = [
  { name: 'decimals', frames: 'share', make: decimals },
  { name: 'thousands', frames: 'count', make: thousands },
  { name: 'sign', frames: 'temperature', make: sign },
  { name: 'version', frames: 'version', make: version },
  { name: 'address', frames: 'address', make: address },
  { name: 'date', frames: 'date', make: date },
  { name: 'scale', frames: 'money', make: scale },
  { name: 'code', frames: 'code', make: code },
  { name: 'other digits', frames: 'count', make: otherDigits },
  { name: 'unit', frames: 'amount', make: unit },
]

/** Fills a sentence of the language with a figure. */
export function frame(kind: FigureKind, language: FigureLanguage, random: () => number): (figure: string) => string {
  const chosen = pick(FRAMES[language][kind.frames], random)
  return (figure) => chosen.replace('{}', figure)
}

function decimals(random: () => number, language: FigureLanguage): FigureEdit {
  const [whole, tenth] = [between(random, 2, 98), between(random, 1, 9)]
  const point = language === 'de' ? ',' : '.'
  const unit = { en: ' percent', de: ' Prozent', zh: '%' }[language]
  const forms = { en: `${whole}.${tenth}%`, de: `${whole},${tenth} %`, zh: `${whole}.${tenth} %` }[language]
  const changed = pick([`${whole}${tenth}`, `${whole}${point}${(tenth % 9) + 1}`, `0${point}${whole}${tenth}`], random)
  const spoken =
    language === 'zh' ? [`百分之${chineseBelow100(whole)}点${CHINESE[tenth]}`] : [`${whole}${point}${tenth}0${unit}`]
  return { written: `${whole}${point}${tenth}${unit}`, changed: `${changed}${unit}`, same: [forms, ...spoken] }
}

function thousands(random: () => number, language: FigureLanguage): FigureEdit {
  const value = between(random, 1_100, 99_900)
  const written = value.toLocaleString(language === 'de' ? 'de' : 'en')
  const moved = pick([value * 10, Math.floor(value / 10), value + between(random, 1, 900)], random)
  const same = [`${value}`, written.replace(/[.,]/u, ' ')]
  if (language === 'zh' && value % 100 === 0) same.push(`${value / 10_000}万`)
  return { written, changed: moved.toLocaleString(language === 'de' ? 'de' : 'en'), same }
}

function sign(random: () => number, language: FigureLanguage): FigureEdit {
  const value = between(random, 2, 60)
  const spoken = { en: `minus ${value}`, de: `minus ${value}`, zh: `零下${value}` }[language]
  const written = pick([`−${value}`, `-${value}`, spoken], random)
  return { written, changed: `${value}`, same: [`−${value}`, `-${value}`, spoken].filter((form) => form !== written) }
}

function version(random: () => number): FigureEdit {
  const parts = [between(random, 0, 12), between(random, 0, 20), between(random, 0, 40)]
  const written = parts.join('.')
  return { written, changed: changePart(parts, random).join('.'), same: [`v${written}`] }
}

function address(random: () => number): FigureEdit {
  const parts = Array.from({ length: 4 }, () => between(random, 1, 254))
  return { written: parts.join('.'), changed: changePart(parts, random).join('.'), same: [] }
}

function changePart(parts: readonly number[], random: () => number): readonly number[] {
  const changed = Math.floor(random() * parts.length)
  return parts.map((part, index) => (index === changed ? part + 1 : part))
}

function date(random: () => number, language: FigureLanguage): FigureEdit {
  const day = new Date(Date.UTC(between(random, 1950, 2029), between(random, 0, 11), between(random, 1, 28)))
  const other = new Date(day)
  pick(
    [
      () => other.setUTCDate((other.getUTCDate() % 28) + 1),
      () => other.setUTCMonth((other.getUTCMonth() + 5) % 12),
      () => other.setUTCFullYear(other.getUTCFullYear() + 1),
    ],
    random,
  )()
  const forms = datesOf(day, language)
  const at = Math.floor(random() * forms.length)
  return {
    written: forms[at] ?? '',
    changed: datesOf(other, language)[at] ?? '',
    same: forms.filter((_, index) => index !== at),
  }
}

function datesOf(day: Date, language: FigureLanguage): readonly string[] {
  const long = day.toLocaleDateString(language, { dateStyle: 'long', timeZone: 'UTC' })
  const iso = day.toISOString().slice(0, 10)
  const dotted = iso.split('-').toReversed().join('.')
  if (language === 'en') return [long, iso, day.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })]
  if (language === 'de') return [long, iso, dotted]
  const digits = Array.from(`${day.getUTCFullYear()}`, (digit) => (digit === '0' ? '〇' : CHINESE[Number(digit)])).join(
    '',
  )
  const [month, dayOfMonth] = [chineseBelow100(day.getUTCMonth() + 1), chineseBelow100(day.getUTCDate())]
  return [long, iso, `${digits}年${month}月${dayOfMonth}日`]
}

function scale(random: () => number, language: FigureLanguage): FigureEdit {
  const value = between(random, 2, 990)
  const forms = {
    en: [
      [`$${value}M`, `$${value} million`],
      [`$${value}B`, `$${value} billion`],
    ],
    de: [
      [`${value} Mio. Euro`, `${value} Millionen Euro`],
      [`${value} Mrd. Euro`, `${value} Milliarden Euro`],
    ],
    zh: [
      [`${value}万元`, `${value}0000元`],
      [`${value}亿元`, `${value}00000000元`],
    ],
  }[language]
  const [from, to] = random() < 0.5 ? [0, 1] : [1, 0]
  const form = random() < 0.5 || language === 'zh' ? 0 : 1
  return { written: forms[from]?.[form] ?? '', changed: forms[to]?.[form] ?? '', same: [forms[from]?.[1 - form] ?? ''] }
}

function code(random: () => number): FigureEdit {
  const letters = pick(['ISO', 'EN', 'RFC', 'DIN', 'GB', 'F-', 'GPT-', 'BX', 'A', 'Typ-K'], random)
  const value = between(random, 10, 29_999)
  const changed = random() < 0.5 ? value + 1 : value + between(random, 2, 50)
  const same = letters.endsWith('-') ? [] : [`${letters} ${value}`]
  return { written: `${letters}${value}`, changed: `${letters}${changed}`, same }
}

function otherDigits(random: () => number): FigureEdit {
  const zero = pick([0x6_60, 0x9_66, 0xff_10, 0x6_f0, 0x9_e6], random)
  const value = between(random, 11, 9_800)
  const write = (number: number): string =>
    Array.from(`${number}`, (digit) => String.fromCodePoint(zero + Number(digit))).join('')
  return { written: write(value), changed: write(value + between(random, 1, 99)), same: [`${value}`] }
}

function unit(random: () => number, language: FigureLanguage): FigureEdit {
  const [name = '', other = '', ...forms] = pick(UNITS[language], random).split('|')
  const value = between(random, 2, 400)
  const space = language === 'zh' ? '' : ' '
  return {
    written: `${value}${space}${name}`,
    changed: `${value}${space}${other}`,
    same: forms.map((form) => inForm(form, value)),
  }
}

/** Writes a value in another unit: "*1000 g" multiplies it. */
function inForm(form: string, value: number): string {
  const [, factor, unit = ''] = /^\*([\d.]+)(.*)$/u.exec(form) ?? []
  return factor === undefined ? `${value}${form}` : `${Number((value * Number(factor)).toPrecision(10))}${unit}`
}

const CHINESE = Array.from('零一二三四五六七八九')

function chineseBelow100(value: number): string {
  const [tens, ones] = [Math.floor(value / 10), value % 10]
  return `${tens > 1 ? CHINESE[tens] : ''}${tens > 0 ? '十' : ''}${ones > 0 || tens === 0 ? CHINESE[ones] : ''}`
}

function between(random: () => number, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1))
}

function pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('Cannot pick from an empty list')
  return item
}
