import { describe, expect, it } from 'vitest'
import { judgeClaim } from './judge-claim.ts'

describe('negations of languages', () => {
  it.each([
    ['ja', 'この製品はシャワーで毎日使用できます。', 'この製品はシャワーで毎日使用できません。'],
    ['ja', 'この製品はシャワーで毎日使用できる。', 'この製品はシャワーで毎日使用できない。'],
    ['ko', '이 제품은 샤워 중에 매일 사용합니다.', '이 제품은 샤워 중에 매일 사용하지 않습니다.'],
    ['tr', 'Cihaz su geçirmezdir ve duşta kullanılabilir.', 'Cihaz su geçirmez değildir ve duşta kullanılabilir.'],
    [
      'fr',
      'Le produit est étanche et utilisable sous la douche.',
      "Le produit n'est plus étanche et utilisable sous la douche.",
    ],
    [
      'fr',
      'Le produit est étanche et utilisable sous la douche.',
      'Le produit n’est guère étanche et utilisable sous la douche.',
    ],
    [
      'sv',
      'Produkten är vattentät och kan användas i duschen.',
      'Produkten är inte vattentät och kan användas i duschen.',
    ],
    ['da', 'Produktet er vandtæt og kan bruges i badet.', 'Produktet er ikke vandtæt og kan bruges i badet.'],
    ['no', 'Produktet er vanntett og kan brukes i dusjen.', 'Produktet er ikke vanntett og kan brukes i dusjen.'],
    ['pl', 'Każdy pracownik otrzymuje premię w grudniu.', 'Żaden pracownik nigdy nie otrzymuje premii w grudniu.'],
    ['uk', 'У цьому магазині є знижки для студентів.', 'У цьому магазині немає знижки для студентів.'],
    [
      'el',
      'Η συσκευή είναι αδιάβροχη και χρησιμοποιείται στο ντους.',
      'Η συσκευή δεν είναι αδιάβροχη και χρησιμοποιείται στο ντους.',
    ],
    ['he', 'המכשיר עמיד במים וניתן להשתמש בו במקלחת.', 'המכשיר לא עמיד במים וניתן להשתמש בו במקלחת.'],
    ['th', 'อุปกรณ์นี้กันน้ำได้และใช้ในห้องอาบน้ำได้ทุกวัน', 'อุปกรณ์นี้กันน้ำไม่ได้และใช้ในห้องอาบน้ำได้ทุกวัน'],
    ['vi', 'Thiết bị này chống nước và có thể dùng khi tắm.', 'Thiết bị này không chống nước và có thể dùng khi tắm.'],
    [
      'id',
      'Perangkat ini tahan air dan dapat digunakan di kamar mandi.',
      'Perangkat ini tidak tahan air dan dapat digunakan di kamar mandi.',
    ],
  ])('B6: a flipped negation is not supported (%s): %s', (_, plain, negated) => {
    expect(judgeClaim(negated, plain)?.support).not.toBe('supported')
    expect(judgeClaim(plain, negated)?.support).not.toBe('supported')
  })

  it.each([
    ['この製品は防水ではありません。シャワーでは使用できません。', 'この製品はシャワーでは使用できません。'],
    ['この製品は防水ではありません。シャワーでは使用できません。', 'この製品は防水ではない。'],
    ['이 제품은 방수가 아닙니다.', '이 제품은 방수가 아니다.'],
    [
      "Le produit n'est pas étanche, mais il peut être utilisé sous la pluie.",
      'Le produit peut être utilisé sous la pluie.',
    ],
    ["Le produit n'est pas étanche, mais il peut être utilisé sous la pluie.", "Le produit n'est pas étanche."],
    ['Produkten är inte vattentät, men den kan användas i regn.', 'Produkten kan användas i regn.'],
    ['Produk ini tidak tahan air, tetapi dapat digunakan saat hujan.', 'Produk ini dapat digunakan saat hujan.'],
  ])('B6: another clause with a negation may be left out: %s / %s', (source, claim) => {
    expect(judgeClaim(claim, source)).toMatchObject({ support: 'supported', reasons: [] })
  })
})

describe('vowel marks', () => {
  it.each([
    ['كِتَابُ المُسْتَخْدِمِ يَشْرَحُ طَرِيقَةَ التَّثْبِيتِ.', 'كتاب المستخدم يشرح طريقة التثبيت.'],
    ['كتـــاب المستخدم يشرح طريقة التثبيت.', 'كتاب المستخدم يشرح طريقة التثبيت.'],
    ['שָׁלוֹם הוּא הַמִּלָּה הָרִאשׁוֹנָה בַּסֵּפֶר הַזֶּה.', 'שלום הוא המלה הראשונה בספר הזה.'],
  ])('B12: a sentence is the same with and without them: %s', (marked, plain) => {
    expect(judgeClaim(plain, marked)).toMatchObject({ support: 'supported', reasons: [] })
    expect(judgeClaim(marked, plain)).toMatchObject({ support: 'supported', reasons: [] })
  })
})
