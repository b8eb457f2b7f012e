/** A unit of measurement or a currency. */
export interface Unit {
  /** The short name, the same in all languages. */
  readonly name: string
  /** The measured dimension; units of one dimension are converted. */
  readonly dimension?: string
  /** The number of base units in one. */
  readonly factor?: number
  /** Added after the factor, for temperatures. */
  readonly offset?: number
}

/** Returns the unit with a name in English, German, Chinese or the given language. */
export function unitIn(written: string, language?: string): Unit | undefined {
  units ??= collectUnits()
  const text = written.toLowerCase()
  const forms = [text, text.replace(/s$/u, ''), text.length > 4 ? text.replace(/e?n$/u, '') : text]
  for (const form of forms) {
    const unit = units.get(form)
    if (unit) return unit
  }
  // Names of another language can be words of this one: a French terabyte is a "To".
  const others = language === undefined || IN_TABLE.has(language) ? undefined : namesIn(language, units)
  return others && forms.map((form) => others.get(form)).find((unit) => unit !== undefined)
}

/** Returns the further names of units in a language. It takes some milliseconds, once. */
function namesIn(language: string, known: ReadonlyMap<string, Unit>): ReadonlyMap<string, Unit> {
  const learned = namesByLanguage.get(language)
  if (learned) return learned
  const names = new Map<string, Unit>()
  namesByLanguage.set(language, names)
  for (const [cldr, unit] of cldrUnits) {
    for (const name of namesOf(cldr, [language])) if (!names.has(name)) names.set(name, unit)
  }
  for (const [currency, name] of CURRENCIES) {
    const unit = known.get(name)
    for (const other of currencyNames(currency, language)) if (unit && !names.has(other)) names.set(other, unit)
  }
  return names
}

/** Returns the names of a currency, and their first word: "dólares estadounidenses". */
function currencyNames(currency: string, language: string): readonly string[] {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'name' })
  return [1, 2, 5].flatMap((count) => {
    const name =
      format
        .formatToParts(count)
        .find(({ type }) => type === 'currency')
        ?.value.toLowerCase() ?? ''
    return [name, name.split(' ')[0] ?? name].filter((known) => known.length > 2)
  })
}

const CURRENCIES = [
  ['USD', '$'],
  ['EUR', '€'],
  ['GBP', '£'],
  ['CNY', '¥'],
  ['JPY', 'yen'],
] as const

// In these languages many units have further names in the table.
const IN_TABLE: ReadonlySet<string> = new Set(['en', 'de', 'zh'])
const namesByLanguage = new Map<string, ReadonlyMap<string, Unit>>()
const cldrUnits = new Map<string, Unit>()
let units: Map<string, Unit> | undefined

function collectUnits(): Map<string, Unit> {
  const collected = new Map<string, Unit>()
  for (const row of ROWS.trim().split('\n')) {
    const [name = '', dimension = '', factor = '', cldr = '', ...others] = row.trim().split(/\s*;\s*/u)
    const [scale = '1', offset = '0'] = factor.split('+')
    const unit: Unit = {
      name,
      ...(dimension !== '' && { dimension, factor: Number(scale), offset: Number(offset) }),
    }
    for (const known of [name, ...others.flatMap((list) => list.split(','))]) collected.set(known.toLowerCase(), unit)
    if (cldr === '') continue
    cldrUnits.set(cldr, unit)
    for (const known of namesOf(cldr, ['en', 'de', 'zh'])) if (!collected.has(known)) collected.set(known, unit)
  }
  return collected
}

/** Returns the names that CLDR has for a unit. */
function namesOf(unit: string, languages: readonly string[]): readonly string[] {
  return languages.flatMap((language) =>
    (['long', 'short'] as const).flatMap((unitDisplay) => {
      const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay })
      return [1, 2, 5].map((count) => {
        const parts = format.formatToParts(count).filter(({ type }) => type === 'unit')
        return parts.map(({ value }) => value.toLowerCase().replace(/\.$/u, '')).join(' ')
      })
    }),
  )
}

// name; dimension; base units; name in CLDR; other names
const ROWS = `
m; length; 1; meter; metre,metres,米,公尺
km; length; 1000; kilometer; kilometre,kilometres,公里,千米
cm; length; 0.01; centimeter; centimetre,centimetres,厘米,公分
mm; length; 0.001; millimeter; millimetre,millimetres,毫米
mile; length; 1609.344; mile; 英里
mph; ; ;
yard; length; 0.9144; yard; 码
foot; length; 0.3048; foot; 英尺
inch; length; 0.0254; inch; 英寸
kg; mass; 1000; kilogram; 公斤,千克
g; mass; 1; gram; 克
mg; mass; 0.001; ; milligram,milligrams,milligramm,毫克
µg; mass; 0.000001; ; microgram,micrograms,mikrogramm,微克,μg,mcg
ton; mass; 1000000; ; t,tons,tonne,tonnes,tonnen,吨
pound; mass; 453.59; pound; 磅,lbs
ounce; mass; 28.35; ounce; 盎司
stone; mass; 6350; stone
l; volume; 1; liter; litre,litres,升,公升
ml; volume; 0.001; milliliter; millilitre,millilitres,毫升
gallon; volume; 3.785; gallon; 加仑
fluid-ounce; volume; 0.02957; fluid-ounce
second; time; 1; second; s,sec,秒,秒钟
ms; time; 0.001; millisecond; 毫秒
µs; time; 0.000001; microsecond; 微秒
ns; time; 0.000000001; nanosecond; 纳秒
minute; time; 60; minute; min,mins,minuten,分钟,分
hour; time; 3600; hour; h,hrs,stunden,小时,钟头
day; time; 86400; day; tagen,天,日
week; time; 604800; week; 周,星期,个星期
month; time; 2629746; month; monaten,个月
year; time; 31556952; year; jahren,年,岁,周年
decade; time; 315569520; ; decades,jahrzehnt,jahrzehnte,jahrzehnten,年代
century; time; 3155695200; ; centuries,jahrhundert,jahrhunderte,jahrhunderten,世纪,个世纪
hectare; area; 10000; hectare; 公顷
acre; area; 4046.86; acre; 英亩
m²; area; 1; ; square m,square meters,square metres,square meter,square metre,quadratmeter,平方米
km²; area; 1000000; ; square km,square kilometers,square kilometres,quadratkilometer,平方公里,平方千米
mile²; area; 2589988; ; square miles,square mile,quadratmeilen,平方英里
foot²; area; 0.0929; ; square feet,square foot,sq ft,quadratfuß,平方英尺
m³; volume; 1000; ; cubic m,cubic meters,cubic metres,kubikmeter,立方米
byte; data; 1; byte
kb; data; 1000; kilobyte; kib
mb; data; 1000000; megabyte; mib
gb; data; 1000000000; gigabyte; gib
tb; data; 1000000000000; terabyte; tib
bit; bits; 1; bit
celsius; temperature; 1; celsius; degrees celsius,degree celsius,grad celsius,摄氏度,°c,℃
fahrenheit; temperature; 0.555556+-17.7778; fahrenheit; degrees fahrenheit,degree fahrenheit,grad fahrenheit,华氏度,°f
kelvin; temperature; 1+-273.15; ; k
degree; ; ; degree; 度,grad
percent; ; ; percent; percent,per cent,procent,prosent,パーセント,prozent,%
percentage-point; ; ; ; percentage points,percentage point,prozentpunkte,prozentpunkten,prozentpunkt,百分点,个百分点
permille; ; ; ; promille,‰
$; ; ; ; dollar,dollars,us$,usd,us dollars,us dollar,dólar,dólares,u.s. dollars,us-dollar,美元
€; ; ; ; euro,euros,eur,欧元
£; ; ; ; pounds sterling,gbp,英镑
¥; ; ; ; yuan,cny,rmb,元,人民币
yen; ; ; ; yen,jpy,日元
won; ; ; ; won,韩元
rupee; ; ; ; ₹,rupee,rupees,卢比
ruble; ; ; ; ₽,rubel,rubles,卢布
franc; ; ; ; chf,francs,franken,法郎
kw; power; 1000; ; kilowatt,kilowatts,千瓦
mw; power; 1000000; ; megawatt,megawatts,兆瓦
w; power; 1; ; watt,watts,瓦
gw; power; 1000000000; ; gigawatt,gigawatts
kwh; energy; 1; ; kilowatt-hours,kilowattstunden,千瓦时
mwh; energy; 1000; ; megawattstunden,兆瓦时
v; ; ; ; volt,volts,伏
hz; frequency; 1; ; hertz,赫兹
khz; frequency; 1000; ; kilohertz
mhz; frequency; 1000000; ; megahertz
ghz; frequency; 1000000000; ; gigahertz
`
