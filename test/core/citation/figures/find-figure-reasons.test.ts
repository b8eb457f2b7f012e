import { describe, expect, it } from 'vitest'
import { findFigureReasons } from '../../../../src/core/citation/figures/find-figure-reasons.ts'
import { readWords } from '../../../../src/core/citation/read-words.ts'
import { cpuMs } from '../../../support/cpu-ms.ts'

/** Pairs of a source and a claim that differ in one figure. */
const CHANGED: readonly (readonly [string, string])[] = [
  ['Der Beitrag beträgt 3,5 Prozent.', 'Der Beitrag beträgt 35 Prozent.'],
  ['The town of the lake has 1,500 seats in it.', 'The town of the lake has 1.5 seats in it.'],
  ['Die Stadt am See hat 1.500 Plätze und ist alt.', 'Die Stadt am See hat 1,5 Plätze und ist alt.'],
  ['达到30%的人。', '达到30个百分点的人。'],
  ['The dose is 0.25 mg.', 'The dose is 2.5 mg.'],
  ['It has 1,500.75 points.', 'It has 1,500.57 points.'],
  ['It fell to −40 °C at night.', 'It fell to 40 °C at night.'],
  ['It was minus 40 degrees.', 'It was 40 degrees.'],
  ['The change was -5% in May.', 'The change was 5% in May.'],
  ['气温降到零下四十度。', '气温升到四十度。'],
  ['Version 2.3.1 fixes it.', 'Version 2.3.2 fixes it.'],
  ['The server has 192.168.1.10 as address.', 'The server has 192.168.1.11 as address.'],
  ['Am 15.03.2024 beginnt es.', 'Am 15.03.2025 beginnt es.'],
  ['Am 15.03.2024 beginnt es.', 'Am 15.04.2024 beginnt es.'],
  ['It began on 2024-03-15.', 'It began on 2024-03-16.'],
  ['It began on 2024-03-15.', 'It began on March 16, 2024.'],
  ['They raised $890M in total.', 'They raised $890B in total.'],
  ['They raised $890 million.', 'They raised $890 billion.'],
  ['Es sind 890 Mio. Euro.', 'Es sind 890 Mrd. Euro.'],
  ['Es sind 3,5 Millionen Euro.', 'Es sind 3,5 Milliarden Euro.'],
  ['共有890万人。', '共有890亿人。'],
  ['공원에는 3만 명이 있다.', '공원에는 3억 명이 있다.'],
  ['It follows ISO27001 in full.', 'It follows ISO27002 in full.'],
  ['The F-16 flew.', 'The F-15 flew.'],
  ['It needs H2O here.', 'It needs H3O here.'],
  ['العدد ٣٠ فقط', 'العدد ٤٠ فقط'],
  ['यहाँ ३० लोग हैं', 'यहाँ ४० लोग हैं'],
  ['有３０人。', '有４０人。'],
  ['It is 2½ hours long.', 'It is 3½ hours long.'],
  ['这座大桥于八月十五日正式通车。', '这座大桥于一月十五日正式通车。'],
  ['Net income was -$3.2 million.', 'Net income was $3.2 million.'],
  ['See CVE-2021-44228 for it.', 'See CVE-2021-44229 for it.'],
  ['The third chapter.', 'The fourth chapter.'],
  ['第三章讲述历史。', '第四章讲述历史。'],
  ['The card is 4111111111111111.', 'The card is 4111111111111112.'],
  ['The score was 3-2.', 'The score was 3-1.'],
  ['Es dauert fünfundachtzig Tage.', 'Es dauert sechsundachtzig Tage.'],
  ['March 15, 2024 was the day.', 'April 15, 2024 was the day.'],
  ['le 15 mars 2024', 'le 15 avril 2024'],
  ['About 50% of the users agree.', 'About 50 of the users agree.'],
  ['In total 30 % replied.', 'In total 30 replied.'],
  ['Etwa 50 Prozent der Nutzer.', 'Etwa 50 der Nutzer.'],
  ['大约50%的用户同意。', '大约50的用户同意。'],
  ['The rate is 50 %.', 'The rate is 50.'],
  ['在公元前44年。', '在公元44年。'],
  ['在公元前44年。', '在44年。'],
  ['紀元前44年。', '紀元44年。'],
  ['The battle was in 44 BC.', 'The battle was in 44 AD.'],
  ['The battle was in 44 BCE.', 'The battle was in AD 44.'],
  ['Es war 44 v. Chr. am Fluss.', 'Es war 44 n. Chr. am Fluss.'],
  ['Built in the 5th century BC.', 'Built in the 5th century AD.'],
  ['The tolerance is ±5 mm.', 'The tolerance is +5 mm.'],
  ['Take it twice a day.', 'Take it three times a day.'],
  ['Take it once a day.', 'Take it twice a day.'],
  ['Zweimal am Tag.', 'Dreimal am Tag.'],
]

/** Pairs of the same value in two forms. */
const SAME: readonly (readonly [string, string])[] = [
  ['Die Stadt hat 1.500 Einwohner.', 'Die Stadt hat 1500 Einwohner.'],
  ['Die Stadt hat 1.500 Einwohner.', 'The town has 1,500 inhabitants.'],
  ['Es sind 3,5 Prozent.', 'It is 3.5 percent.'],
  ['They raised $890M in total.', 'They raised $890 million in total.'],
  ['They raised €5bn in total.', 'They raised 5 billion euros in total.'],
  ['Am 15.03.2024 beginnt es.', 'Am 15. März 2024 beginnt es.'],
  ['Am 15.03.2024 beginnt es.', 'It begins on March 15, 2024.'],
  ['It begins on 2024-03-15.', 'March 15, 2024 is its begin.'],
  ['It begins on 3/15/2024.', 'It begins on 15 March 2024.'],
  ['成立于二〇二四年。', '成立于2024年。'],
  ['2024年3月15日成立。', '二〇二四年三月十五日成立。'],
  ['增长百分之三点五。', '增长3.5%。'],
  ['The third chapter.', 'The 3rd chapter.'],
  ['第三章', '第3章'],
  ['공원에는 3만 명이 있다.', '공원에는 30,000 명이 있다.'],
  ['项目获得1.2万元。', '项目获得12,000元。'],
  ['It weighs 5 kg.', 'It weighs 5000 g.'],
  ['It weighs 5 kg.', 'It weighs 5,000 grams.'],
  ['重5公斤。', '重5000克。'],
  ['It was 20 °C warm.', 'It was 68 °F warm.'],
  ['It opens at 3 pm.', 'It opens at 15:00.'],
  ['It opens at half past three.', 'It opens at 3:30.'],
  ['下午3点开门。', '15:00开门。'],
  ['Es öffnet um 15 Uhr.', 'Es öffnet um 15:00.'],
  ['He bought a dozen eggs.', 'He bought 12 eggs.'],
  ['Louis XIV of France reigned.', 'Louis 14 of France reigned.'],
  ['It lasts 2½ hours.', 'It lasts 2.5 hours.'],
  ['It took half an hour.', 'It took 30 minutes.'],
  ['It was minus five degrees.', 'It was -5 degrees.'],
  ['It was five degrees below zero.', 'It was -5 degrees.'],
  ['In the twenty-first century.', 'In the 21st century.'],
  ['下午两点半开始。', '14:30开始。'],
  ['The car reaches 60 mph.', 'The car reaches 60 miles per hour.'],
  ['It lasts half an hour.', 'It lasts 0.5 hours.'],
  ['It was −40 °C cold.', 'It was minus 40 degrees Celsius cold.'],
  ['Sales fell by 5 %.', 'Sales changed by -5 %.'],
  ['It follows ISO27001 in full.', 'It follows ISO 27001 in full.'],
  ['Version v2.3.1 fixes it.', 'Version 2.3.1 fixes it.'],
  ['It lasts 90 minutes.', 'It lasts 1.5 hours.'],
  ['It takes 10–20 days.', 'It takes 10-20 days.'],
  ['العدد ٣٠ فقط', 'العدد 30 فقط'],
  ['有３０人。', '有三十人。'],
  ['Es sind 3,5 Mio. Euro.', 'Es sind 3.500.000 €.'],
  ['The 1990s were loud.', 'The 1990s were loud.'],
  ['The park has 5 km² of land.', 'The park has 5 square kilometres of land.'],
  ['The battle was in 44 BC.', 'The battle was in 44 BCE.'],
  ['The battle was in 44 BC.', 'The battle was in 44 B.C. at night.'],
  ['It was in 44 v. Chr. am Fluss.', 'It was in 44 BC am Fluss.'],
  ['The battle was in AD 44.', 'The battle was in 44 AD.'],
  ['The battle was in AD 44.', 'The battle was in 44.'],
  ['公元44年', '44年'],
  ['公元前44年', '公元前四十四年'],
  ['Caesar lived 100–44 BC.', 'Caesar lived 100 BC–44 BC.'],
  ['The tolerance is ±5 mm.', 'The tolerance is +/- 5 mm.'],
  ['The tolerance is ±5 mm.', 'The tolerance is plus or minus 5 mm.'],
  ['The tolerance is ±5 mm.', 'The tolerance is 5 mm.'],
  ['It changed by +5 mm.', 'It changed by 5 mm.'],
  ['Take it twice a day.', 'Take it two times a day.'],
  ['Take it once, then three times a day.', 'Take it three times a day.'],
  ['It is 50 to 60 % of users.', 'It is 50 % to 60 % of users.'],
  ['They are 50 and 60 percent of users.', 'They are 50 percent and 60 percent of users.'],
  ['In percent: 50 of men, 60 of women.', 'In percent: 50 % of men, 60 % of women.'],
  ['| Berlin | 50 |', 'Berlin: 50 %'],
  ['Доля равна 50 процентов от всех в городе.', 'Доля равна 50 % от всех в городе.'],
]

describe('findFigureReasons', () => {
  it.each(CHANGED)('B4: reports a changed figure: %s / %s', (source, claim) => {
    expect(reasons(claim, source)).not.toEqual([])
    expect(reasons(source, claim)).not.toEqual([])
  })

  it.each(SAME)('B4: accepts the same value in another form: %s / %s', (source, claim) => {
    expect(reasons(claim, source)).toEqual([])
    expect(reasons(source, claim)).toEqual([])
  })

  it.each([
    ['Take 5 mg a day.', 'Take 5 g a day.', 'unit:g'],
    ['Take 5 ml a day.', 'Take 5 l a day.', 'unit:l'],
    ['It was 30 °C warm.', 'It was 30 °F warm.', 'unit:fahrenheit'],
    ['It takes 30 seconds.', 'It takes 30 minutes.', 'unit:minute'],
    ['It opens at 9 am.', 'It opens at 9 pm.', 'unit:pm'],
    ['每包重5克。', '每包重5吨。', 'unit:ton'],
    ['Es dauert 30 Sekunden.', 'Es dauert 30 Minuten.', 'unit:minute'],
    ['It rose by 5 percent.', 'It rose by 5 percentage points.', 'unit:percentage-point'],
    ['The firm has 12 employees in Bonn.', 'The firm has 12 managers in Bonn.', 'unit:managers'],
    ['It drives 60 km per hour.', 'It drives 60 km per second.', 'unit:second'],
    ['Take 2 pills per day.', 'Take 2 pills per week.', 'unit:week'],
    ['Cuesta 3,5 millones de euros.', 'Cuesta 3,5 millones de dólares.', 'unit:$'],
    ['It drives 60 km/h fast.', 'It drives 60 km/s fast.', 'unit:second'],
    ['It costs $40 in all.', 'It costs 40 € in all.', 'unit:€'],
    ['The engine has 12 cylinders there.', 'The engine has 12 kilowatts there.', 'unit:kw'],
    ['Il faut 30 secondes de repos.', 'Il faut 30 minutes de repos.', 'unit:minute'],
    ['Он весит 5 граммов.', 'Он весит 5 килограммов.', 'unit:килограммов'],
    ['Он весит 5 г без воды.', 'Он весит 5 кг без воды.', 'unit:kg'],
  ])('B5: reports another unit: %s / %s', (source, claim, reason) => {
    expect(reasons(claim, source)).toEqual([reason])
  })

  it.each([
    ['The firm has 12 employees.', 'The firm has 12 staff members.'],
    ['It takes 5 to 10 days.', 'It takes 5 days to 10 days.'],
    ['She is 85 years old.', 'She is an 85-year-old.'],
    ['It was 20 degrees.', 'It was 20 °C.'],
    ['Es sind 5 Kilometer.', 'Es sind 5 km.'],
  ])('B5: accepts a unit in other words: %s / %s', (source, claim) => {
    expect(reasons(claim, source)).toEqual([])
  })

  it.each(['1', '1.', '1,', '-', '一', '½', '٣', '1 ', 'a1', '$', '1⁄'])(
    'B4: reads %j, repeated, in linear time',
    async (part) => {
      const text = part.repeat(200_000)
      expect(await cpuMs(() => readWords(text))).toBeLessThan(5_000)
    },
  )
})

function reasons(claim: string, source: string): readonly string[] {
  return findFigureReasons(readWords(claim), readWords(source))
}
