interface AnswerType {
  /** Matches questions that ask for this kind. */
  readonly asks: RegExp
  /** Matches parts of a sentence that are of this kind. */
  readonly candidates: RegExp
}

const MONTHS = 'January|February|March|April|May|June|July|August|September|October|November|December'
const NUMBERS =
  'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|' +
  'half|third|twice|once'

const REASON: AnswerType = {
  asks: anyOf('iu', english('why|reasons?|causes?|caused'), '为什么|为何|原因'),
  candidates: anyOf(
    'giu',
    english(
      String.raw`because|due to|since|so that|in order to|caus\w+|reasons?|result\w*|therefore|thus|led to|to avoid`,
    ),
    '因为|由于|因此|所以|导致|为了|原因|造成|使得',
  ),
}

const DATE: AnswerType = {
  asks: anyOf(
    'iu',
    english('when'),
    which('year|date|day|month|century|decade|time'),
    '什么时候|何时|哪一?[年天月日]|几月|年份|哪个?世纪|多久',
  ),
  candidates: anyOf(
    'gu',
    english(String.raw`\d{3,4}s?|${MONTHS}|\d{1,2}(?:st|nd|rd|th)|century|decade|years?`),
    String.raw`\d ?[年月日]|世纪|年代`,
  ),
}

const NUMBER: AnswerType = {
  asks: anyOf(
    'iu',
    english('how (?:many|much|long|old|far|tall|large|big|high|deep|often|fast|wide|heavy)'),
    which('percent|percentage|number|amount|population|size|rate'),
    '多少|几[个名次年人种]|多[大长高远重深]|百分',
  ),
  candidates: anyOf('giu', String.raw`\d[\d,.]*`, english(NUMBERS), '[一二两三四五六七八九十百千万亿半]+'),
}

const NAME: AnswerType = {
  asks: anyOf('iu', english('who|whom|whose'), '谁|哪位|何人|什么人|叫什么|什么名'),
  // A capital at the start of a sentence does not indicate a name. In Chinese, foreign names have a middle dot.
  candidates: anyOf('gu', String.raw`(?<!^)\p{Lu}[\p{L}'’-]+`, String.raw`\p{Script=Han}·\p{Script=Han}+`),
}

const PLACE: AnswerType = {
  asks: anyOf(
    'iu',
    english('where'),
    which('country|city|state|region|place|location|continent|county|town|area'),
    '哪里|哪儿|何处|什么地方|哪个?(?:国家|城市|州|省|地区|地方)|在哪',
  ),
  candidates: anyOf(
    'gu',
    String.raw`\b(?:in|at|near|from|to|of|on) (?:the )?\p{Lu}[\p{L}'’-]+`,
    String.raw`[在于自往到]\p{Script=Han}{2,}`,
  ),
}

/**
 * Creates a predicate that is true for sentences with the kind of answer that a question asks for: a reason, date, number,
 * name or place that is not in the question. It is always false for other questions, and for languages other than English
 * and Chinese.
 */
export function answerCheck(question: string): (sentence: string) => boolean {
  const type = [REASON, DATE, NUMBER, NAME, PLACE].find(({ asks }) => asks.test(question))
  if (!type) return () => false
  const known = question.toLowerCase()
  return (sentence) =>
    Array.from(sentence.matchAll(type.candidates)).some(([found]) => !known.includes(found.toLowerCase()))
}

function anyOf(flags: string, ...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join('|'), flags)
}

function english(words: string): string {
  return String.raw`\b(?:${words})\b`
}

function which(nouns: string): string {
  return english(String.raw`(?:what|which) (?:\w+ )?(?:${nouns})`)
}
