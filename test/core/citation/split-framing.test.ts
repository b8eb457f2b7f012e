import { describe, expect, it } from 'vitest'
import { splitFraming } from '../../../src/core/citation/split-framing.ts'
import { judgeClaim } from './judge-claim.ts'
import { cpuMs } from '../../support/cpu-ms.ts'

const FACTS = [
  [
    'Employees get thirty days of leave per year, and part-time staff get fewer.',
    ['The policy document states that ', 'It is noted in the guide that ', 'As mentioned in the FAQ, '],
    ['As far as the documents tell us, ', 'According to source 1, ', 'Based on the text that was found, '],
  ],
  [
    'Mitarbeiter erhalten dreißig Tage Urlaub pro Jahr, und Teilzeitkräfte erhalten weniger.',
    ['Wie in der Anleitung beschrieben: ', 'Aus den Quellen geht hervor: ', 'Auf Grundlage der Dokumente: '],
    ['Wie im Text beschrieben wird, gilt: '],
  ],
  ['员工每年享有三十天年假，兼职员工较少。', ['参考文档可知，', '从文档来看，', '手册规定：', '根据文档1，']],
  ['Les employés reçoivent trente jours de congé par an.', ['Comme indiqué dans le guide, ', "D'après le document, "]],
  ['Los empleados reciben treinta días de vacaciones al año.', ['Como se menciona en la guía, ', 'Según el texto, ']],
  ['I dipendenti ricevono trenta giorni di ferie.', ['In base alle fonti, ', 'Il testo afferma che ']],
  ['Çalışanlar yılda otuz gün izin alır.', ['Dokümanda belirtildiği gibi, ', 'Belgeye göre, ']],
  ['Medewerkers krijgen dertig dagen vakantie per jaar.', ['Volgens de documentatie ', 'In de tekst staat dat ']],
  ['社員は年に三十日の休暇を取得できます。', ['資料によると、', 'マニュアルによると、']],
  ['직원은 매년 삼십일의 휴가를 받습니다.', ['자료에 따르면 ', '문서에 따르면, ']],
  ['Сотрудники получают тридцать дней отпуска в год.', ['Согласно документу, ', 'В тексте указано, что ']],
  ['يحصل الموظفون على ثلاثين يوما من الإجازة سنويا.', ['وفقا للوثيقة، ', 'حسب المعلومات المقدمة، ']],
] as const
const FRAMED = FACTS.flatMap(([fact, ...lists]) => lists.flat().map((framing) => [framing, fact] as const))

describe('an introduction in the words of many languages', () => {
  it.each(FRAMED)('B8: "%s" is no part of "%s"', (framing, fact) => {
    expect(judgeClaim(framing + fact, fact)).toMatchObject({ support: 'supported', reasons: [] })
  })

  it('B8: first words that are no introduction stay in the claim', () => {
    const fact = 'The king of the northern islands died in a small village.'
    const claim = 'After forty years of war and hunger, the king of the northern islands died in a small village.'
    expect(judgeClaim(claim, fact)?.support).toBe('weak')
    expect(splitFraming(claim).framing).toBe('')
  })

  it('B8: words that only may introduce stay where the rest differs, or where they deny it', () => {
    const fact = 'Cats sleep sixteen hours a day in the winter.'
    expect(judgeClaim('As far as the documents tell us, dogs bark all day in the winter.', fact)?.support).toBe(
      'unsupported',
    )
    expect(judgeClaim('It is not true what the report tells, cats sleep sixteen hours a day.', fact)?.support).not.toBe(
      'supported',
    )
    expect(judgeClaim('As far as the documents tell us, cats sleep twelve hours a day.', fact)?.support).not.toBe(
      'supported',
    )
  })

  it('B8: takes linear time for a megabyte without a blank, of commas or of introductions', async () => {
    for (const part of ['x', ',', '，', 'a, ', 'according to ', '根据', 'the text that ', '\u0301', '\u202e\u05d0']) {
      const text = part.repeat(Math.ceil(1_000_000 / part.length))
      expect(await cpuMs(() => splitFraming(text)), part).toBeLessThan(1_000)
    }
  })
})

it('B7: an opposite in the first two words of a claim is found', () => {
  const outcome = judgeClaim(
    'Sales rose by 5 percent in the second quarter.',
    'Sales fell by 5 percent in the second quarter.',
  )
  expect(outcome).toMatchObject({ support: 'weak', reasons: ['replaced:rose'] })
})
