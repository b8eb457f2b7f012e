/** The kinds of answers that a question word asks for, in the order in which they are tried. */
export const ANSWER_KINDS = ['reason', 'date', 'number', 'name', 'place'] as const

/** A kind of answer that a question word asks for. */
export type AnswerKind = (typeof ANSWER_KINDS)[number]

/** The words of one language, as alternatives of a regular expression. */
export interface QuestionWords {
  /** Words of a question. */
  readonly asks: Readonly<Record<AnswerKind, string>>
  /** Words of an answer, beside digits and names. */
  readonly says: Readonly<Record<Exclude<AnswerKind, 'name'>, string>> & { readonly name?: string }
  /** False for a language that is written without spaces, or with suffixes: the words may be parts of words. */
  readonly isSpaced?: false
}

const YEARS = String.raw`\d{3,4}s?`
// A capital at the start of a sentence does not indicate a name.
const CAPITALIZED = String.raw`(?<!^)\p{Lu}[\p{L}'’-]+`
// German nouns have a capital, too.
const TWO_CAPITALIZED = String.raw`\p{Lu}[\p{L}'’-]+ (?:(?:von|van|de|zu|der) )*\p{Lu}[\p{L}'’-]+`
const at = (prepositions: string): string => String.raw`(?:${prepositions}) ?\p{Lu}[\p{L}'’-]+`

/** The words by which questions ask and answers answer, by language. */
export const QUESTION_WORDS = {
  en: {
    asks: {
      reason: 'why|reasons?|causes?|caused',
      date: `when|${which('what|which', 'year|date|day|month|century|decade|time')}`,
      number: `how (?:many|much|long|old|far|tall|large|big|high|deep|often|fast|wide|heavy)|${which('what|which', 'percent|percentage|number|amount|population|size|rate')}`,
      name: 'who|whom|whose',
      place: `where|${which('what|which', 'country|city|state|region|place|location|continent|county|town|area')}`,
    },
    says: {
      reason: String.raw`because|due to|since|so that|in order to|caus\w+|reasons?|result\w*|therefore|thus|led to|to avoid`,
      date: String.raw`${YEARS}|\d{1,2}(?:st|nd|rd|th)|century|decade|years?`,
      number:
        'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half|third|twice|once',
      name: CAPITALIZED,
      place: String.raw`(?:in|at|near|from|to|of|on) (?:the )?\p{Lu}[\p{L}'’-]+`,
    },
  },
  zh: {
    isSpaced: false,
    asks: {
      reason: '为什么|为何|原因',
      date: '什么时候|何时|哪一?[年天月日]|几月|年份|哪个?世纪|多久',
      number: '多少|几[个名次年人种]|多[大长高远重深]|百分',
      name: '谁|哪位|何人|什么人|叫什么|什么名',
      place: '哪里|哪儿|何处|什么地方|哪个?(?:国家|城市|州|省|地区|地方)|在哪',
    },
    says: {
      reason: '因为|由于|因此|所以|导致|为了|原因|造成|使得',
      date: String.raw`\d ?[年月日]|世纪|年代`,
      number: '[一二两三四五六七八九十百千万亿半]+',
      // Foreign names have a middle dot.
      name: String.raw`${CAPITALIZED}|\p{Script=Han}·\p{Script=Han}+`,
      place: String.raw`[在于自往到]\p{Script=Han}{2,}`,
    },
  },
  de: {
    asks: {
      reason: String.raw`warum|weshalb|wieso|weswegen|wozu|grund|gründe\w*|ursachen?`,
      date: `wann|${which('welche[mnrs]?', 'jahr|jahre|datum|tag|tage|monat|jahrhundert|jahrzehnt|zeit|zeitpunkt')}`,
      number: `wie ?(?:viele?[nrs]?|lange?|alt|weit|hoch|groß|tief|oft|schnell|breit|schwer|teuer)|wieviele?|${which('welche[mnrs]?|was ist (?:die|der)', 'prozentsatz|anteil|zahl|anzahl|menge|höhe|größe|einwohnerzahl')}`,
      name: 'wer|wen|wem|wessen',
      place: `wo|wohin|woher|${which('welche[mnrs]?', 'land|stadt|staat|region|ort|kontinent|bezirk|gebiet|bundesstaat')}`,
    },
    says: {
      reason: String.raw`weil|denn|wegen|aufgrund|da|um|damit|deshalb|daher|grund|gründen?|ursachen?|führte[n]?|dadurch`,
      date: String.raw`${YEARS}|jahrhundert\w*|jahrzehnt\w*|jahren?`,
      number:
        'eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|hundert|tausend|millionen|milliarden|hälfte|drittel|einmal|zweimal',
      name: TWO_CAPITALIZED,
      place: at('in|im|bei|nach|aus|von|an der|am|in der|im'),
    },
  },
  fr: {
    asks: {
      reason: 'pourquoi|raisons?|causes?',
      date: `quand|${which('quel(?:le)?s?', 'année|date|jour|mois|siècle|heure|époque')}`,
      number: `combien|${which('quel(?:le)?s?', 'âge|taille|pourcentage|nombre|quantité|prix|population|proportion')}`,
      name: 'qui',
      place: `où|${which('quel(?:le)?s?', 'pays|ville|état|région|endroit|lieu|continent|quartier')}`,
    },
    says: {
      reason: "parce qu[e']|car|puisque|afin de|pour que|raisons?|causes?|à cause|grâce à|donc|en raison",
      date: `${YEARS}|siècles?|ans|années?`,
      number:
        'un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|cent|mille|millions?|milliards?|moitié|tiers',
      name: CAPITALIZED,
      place: at("à|en|dans|près de|de|au|aux|dans l[ea']|à l[a']"),
    },
  },
  es: {
    asks: {
      reason: 'por qué|razón|razones|causas?|motivos?',
      date: `cuándo|cuando|${which('qué|cuál', 'año|fecha|día|mes|siglo|hora|época')}`,
      number: `cuánt[oa]s?|${which('qué|cuál', 'porcentaje|número|cantidad|edad|altura|población|precio|tamaño')}`,
      name: 'quién|quiénes|quien',
      place: `dónde|adónde|${which('qué|cuál', 'país|ciudad|estado|región|lugar|continente|zona')}`,
    },
    says: {
      reason: 'porque|debido a|ya que|puesto que|para que|razón|causas?|por lo tanto|por eso|con el fin',
      date: `${YEARS}|siglos?|años?`,
      number: 'uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|cien|mil|millones|millón|mitad|tercio',
      name: CAPITALIZED,
      place: at('en|cerca de|de|desde|hacia|en el|en la|al'),
    },
  },
  it: {
    asks: {
      reason: 'perché|ragion[ei]|caus[ae]|motiv[oi]',
      date: `quando|${which('quale|che', 'anno|data|giorno|mese|secolo|ora|epoca')}`,
      number: `quant[oaie]|${which('quale|che|qual è', 'percentuale|numero|quantità|età|altezza|popolazione|prezzo')}`,
      name: 'chi',
      place: `dove|${which('quale|che', 'paese|città|stato|regione|luogo|continente|zona')}`,
    },
    says: {
      reason: 'perché|poiché|siccome|a causa|affinché|per questo|ragion[ei]|caus[ae]|quindi|dovut[oaie]',
      date: `${YEARS}|secol[oi]|ann[oi]`,
      number:
        'uno|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|cento|mille|mila|milion[ei]|metà|terzo',
      name: CAPITALIZED,
      place: at('a|in|nel|nella|presso|di|da|vicino a|al|alla'),
    },
  },
  pt: {
    asks: {
      reason: 'por ?que|porquê|por quê|raz(?:ão|ões)|causas?|motivos?',
      date: `quando|${which('que|qual', 'ano|data|dia|mês|século|hora|época')}`,
      number: `quant[oa]s?|${which('que|qual', 'percentagem|porcentagem|número|quantidade|idade|altura|população|preço')}`,
      name: 'quem',
      place: `onde|aonde|${which('que|qual', 'país|cidade|estado|região|lugar|continente|zona')}`,
    },
    says: {
      reason: 'porque|devido|pois|já que|para que|raz(?:ão|ões)|causas?|portanto|por isso',
      date: `${YEARS}|séculos?|anos?`,
      number: 'um|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|cem|mil|milhões|milhão|metade|terço',
      name: CAPITALIZED,
      place: at('em|no|na|perto de|de|do|da|desde|para'),
    },
  },
  tr: {
    asks: {
      reason: String.raw`neden|niçin|niye|neden\p{L}+|sebeb\p{L}+`,
      date: String.raw`ne zaman\p{L}*|${which('hangi|kaçıncı', String.raw`yıl\p{L}*|tarih\p{L}*|gün\p{L}*|ay\p{L}*|yüzyıl\p{L}*|sene\p{L}*|dönem\p{L}*`)}`,
      number: String.raw`kaç\p{L}*|ne kadar\p{L}*|yüzde kaç\p{L}*|oranı|sayısı`,
      name: 'kim|kimi|kime|kimin|kimle|kimler|kimdir|kimden|kimdi|kimlerdir',
      place: String.raw`nere\p{L}*|${which('hangi', String.raw`ülke\p{L}*|şehir\p{L}*|şehr\p{L}*|kent\p{L}*|bölge\p{L}*|yer\p{L}*|kıta\p{L}*|eyalet\p{L}*`)}`,
    },
    says: {
      reason: String.raw`çünkü|için|neden\p{L}*|dolayı|sebeb\p{L}+|yüzünden|sayesinde|nedeniyle|amacıyla`,
      date: String.raw`\d{3,4}\p{L}*|yüzyıl\p{L}*|yıl\p{L}*`,
      number: String.raw`bir|iki|üç|dört|beş|altı|yedi|sekiz|dokuz|on|yüz|bin|milyon|milyar|yarısı|üçte`,
      name: CAPITALIZED,
      place: String.raw`\p{Lu}\p{L}+['’]?(?:da|de|ta|te|dan|den|tan|ten|ya|ye|nda|nde)`,
    },
  },
  ru: {
    asks: {
      reason: String.raw`почему|зачем|причин\p{L}+`,
      date: String.raw`когда|как\p{L}{2,3} (?:год\p{L}*|век\p{L}*|дат\p{L}*|день|дня|месяц\p{L}*|врем\p{L}*)`,
      number: String.raw`сколько|скольк\p{L}+|как (?:долго|часто|далеко|много|быстро)|как\p{L}{2,3} (?:процент\p{L}*|числ\p{L}*|количеств\p{L}*|возраст\p{L}*|дол\p{L})`,
      name: 'кто|кого|кому|кем|ком|чей|чья|чьё',
      place: String.raw`где|куда|откуда|как\p{L}{2,3} (?:город\p{L}*|стран\p{L}*|штат\p{L}*|регион\p{L}*|мест\p{L}*)`,
    },
    says: {
      reason: String.raw`потому|так как|поскольку|из-за|чтобы|поэтому|причин\p{L}+|благодаря`,
      date: String.raw`\d{3,4}|век\p{L}*|год\p{L}*|лет`,
      number: String.raw`один|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|сто|тысяч\p{L}*|миллион\p{L}*|миллиард\p{L}*|половин\p{L}|треть`,
      name: CAPITALIZED,
      place: at('в|во|на|из|около|под|возле'),
    },
  },
  ar: {
    asks: {
      reason: 'لماذا|سبب|أسباب',
      date: `متى|${which('أي|أى|اي', 'عام|سنة|تاريخ|يوم|شهر|قرن|عقد|وقت')}`,
      number: 'كم|بكم|عدد|نسبة|مقدار|مدى',
      name: 'من (?:هو|هي|هم|الذي|التي|الذين|كان|كانت|قام|قاد)|(?<=^)من|لمن|بمن',
      place: `أين|${which('أي|أى|اي', 'بلد|دولة|مدينة|ولاية|منطقة|مكان|قارة')}`,
    },
    says: {
      reason: 'لأن\\p{L}*|بسبب|نتيجة|لذلك|من أجل|سبب|حيث|وذلك',
      date: String.raw`[\d٠-٩]{3,4}|عام|سنة|القرن|قرن`,
      number:
        '[٠-٩]+|واحد|اثنان|اثنين|ثلاث\\p{L}*|أربع\\p{L}*|خمس\\p{L}*|ست\\p{L}*|سبع\\p{L}*|ثمان\\p{L}*|تسع\\p{L}*|عشر\\p{L}*|مائة|ألف|آلاف|مليون|مليار|نصف|ثلث',
      place: String.raw`(?:في|إلى|من|قرب) \p{L}{3,}`,
    },
  },
  ja: {
    isSpaced: false,
    asks: {
      reason: 'なぜ|どうして|理由|原因|何故',
      date: '(?<![\\p{Script=Hiragana}])いつ|何[年月日時世]|何曜日',
      number: 'いくつ|いくら|何[人個名回本枚台歳円件社冊種度分泊]|何パーセント|どのくらい|どれくらい|どれだけ|割合',
      name: '誰|だれ|どなた|何という',
      place: 'どこ|どちら|どの(?:国|都市|州|町|地域|場所)',
    },
    says: {
      reason: 'ため|から|ので|理由|原因|おかげ|よって',
      date: String.raw`\d ?[年月日時]|世紀|年代|曜日`,
      number: '[一二三四五六七八九十百千万億半]+',
      name: String.raw`[\p{Script=Katakana}ー・]{3,}|\p{Script=Han}{2,}(?:さん|氏|様)`,
      place: '(?:市|町|村|県|国|都|区|駅|階|室|館)(?:に|で|の|へ|から)|にある|にあり',
    },
  },
  ko: {
    isSpaced: false,
    asks: {
      reason: '왜|이유|원인|때문',
      date: '언제|몇 ?(?:년|월|일|시|세기)|어느 ?(?:해|날)',
      number: '몇|얼마|비율|퍼센트',
      name: '누가|누구|누군',
      place: '어디|어느 ?(?:나라|도시|주|지역|곳)',
    },
    says: {
      reason: '때문|위해|위하여|이유|원인|므로|덕분',
      date: String.raw`\d ?(?:년|월|일|시)|세기|년대`,
      number: '(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)(?= ?[개명번시달])|절반',
      place: String.raw`\p{Script=Hangul}{2,}(?:에서|에 있)|층`,
    },
  },
} as const satisfies Readonly<Record<string, QuestionWords>>

/** Returns a pattern of a question word with a noun, such as "which year" or "what leap year". */
function which(words: string, nouns: string): string {
  return String.raw`(?:${words}) (?:\p{L}+ )?(?:${nouns})`
}
