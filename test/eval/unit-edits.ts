import type { FigureLanguage } from './figure-edits.ts'
import type { Edit } from './grounding-edits.ts'

/** Creates the edit that exchanges the unit behind a number for another one of the same list. */
export function changeUnit(language: FigureLanguage): Edit {
  const lists = LISTS[language]
  const all = lists.flatMap((list) => list.split('|')).toSorted((a, b) => b.length - a.length)
  const end = language === 'zh' ? '' : String.raw`(?!\p{L})`
  const pattern = new RegExp(String.raw`(?<=\d\s?)(?:${all.join('|')})${end}`, 'gu')
  return ({ sentence }, random) => {
    const matches = [...sentence.matchAll(pattern)]
    const match = matches[Math.floor(random() * matches.length)]
    if (!match) return undefined
    const list = lists.find((row) => row.split('|').includes(match[0])) ?? ''
    const others = list.split('|').filter((name) => name !== match[0])
    const other = others[Math.floor(random() * others.length)] ?? ''
    return sentence.slice(0, match.index) + other + sentence.slice(match.index + match[0].length)
  }
}

/** Units of one kind, none of which is another name of another. */
const LISTS: Readonly<Record<FigureLanguage, readonly string[]>> = {
  en: [
    'miles|feet|km|inches|yards|metres|cm',
    'square miles|hectares|acres|square feet',
    'seconds|minutes|hours|days|weeks|months|years|decades|centuries',
    'million|billion|trillion',
    'kg|tons|pounds|grams|ounces|mg',
    'percent|percentage points|degrees',
    '%| °C| °F',
    'people|votes|ships|students|books|soldiers|games|points|villages',
    'am|pm',
    '°C|°F',
  ],
  de: [
    'Meilen|Fuß|km|Zoll|Meter|cm',
    'Quadratmeilen|Hektar|km²|Quadratfuß',
    'Sekunden|Minuten|Stunden|Tage|Wochen|Monate|Jahre',
    'Millionen|Milliarden|Billionen',
    'kg|Tonnen|Pfund|Gramm|mg',
    'Prozent|Prozentpunkte|Grad',
    '%|°C|°F',
    'Menschen|Stimmen|Schiffe|Studenten|Bücher|Spiele|Punkte|Dörfer|Einwohner',
    '€|US-Dollar',
  ],
  zh: [
    '英里|英尺|公里|英寸|米|厘米|码',
    '平方英里|公顷|平方公里|平方英尺',
    '秒|分钟|小时|天|周|个月|年',
    '万|亿',
    '千克|吨|磅|克|毫克',
    '%|个百分点|度',
    '人|票|艘|本|场|分|座',
    '美元|欧元|英镑|日元',
    '世纪|年代',
  ],
}
