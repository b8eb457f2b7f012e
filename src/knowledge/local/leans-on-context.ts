import { plainWords, topicWords } from '../text/tokenize.ts'

/**
 * Returns true if a follow-up is not complete without the conversation: it has no word of its own topic ("Why?"), is a
 * fragment ("And on Sundays?"), or is short and points back ("How much does it cost?").
 */
export function leansOnContext(question: string): boolean {
  const start = question.slice(0, MOST_CHARS)
  const words = plainWords(start)
  const topics = countTopics(words)
  if (topics === 0) return true
  // A long question is complete, even if it has a pronoun.
  if (question.length > MOST_CHARS) return false
  const [first = ''] = words
  if (words.length <= FRAGMENT_WORDS && topics <= 1) return true
  if (words.length <= SHORT_WORDS - 1 && PREPOSITIONS.has(first)) return true
  const isShort = topics <= SHORT_TOPICS || words.length <= SHORT_WORDS
  if (isShort && (OPENERS.has(first) || startsWithPhrase(words) || FINALS.test(start))) return true
  if (isShort && (words.some((word) => PRONOUNS.has(word)) || GERMAN_IT.test(start))) return true
  // These also point at what follows, as in "this week".
  return topics <= 1 && words.some((word) => WEAK_PRONOUNS.has(word))
}

const MOST_CHARS = 200
/** A question of so many words is a fragment, such as "Prices?" or "Warum nicht?". */
const FRAGMENT_WORDS = 2
/** Number of words of a topic in a short question, such as "Can it be returned after opening?". */
const SHORT_TOPICS = 2
/** The same for languages whose words without a topic are not known. */
const SHORT_WORDS = 5

/** Counts the words that say what a question is about. */
function countTopics(words: readonly string[]): number {
  return topicWords(words.filter((word) => !INTERROGATIVES.has(word)).join(' ')).length
}

function startsWithPhrase([first = '', second = '']: readonly string[]): boolean {
  return OPENING_PHRASES.has(`${first} ${second}`)
}

// Words that are something else in another of these languages are left out, such as the Polish "i" and "on".
/** Words that begin a fragment. */
const OPENERS = setOf(
  `and but or also so plus
  und aber oder auch et mais ou aussi y e pero también ma però anche mas também maar of ook
  ve peki ya ama и а но или также και αλλά ή oraz ale och men eller și dar sau và còn vậy dan atau lalu tapi
  و أو ثم وماذا और या तो लेकिन แล้ว และ หรือ
  那 那么 还有 而 以及 或者 では じゃあ じゃ それで そして あと 그럼 그러면 그리고 또 ו או`,
)

/** Two words that begin a fragment. */
const OPENING_PHRASES: ReadonlySet<string> = new Set([
  'what about',
  'how about',
  'what if',
  'same for',
  'was ist',
  'wie sieht',
  'qué pasa',
  'e per',
  'e se',
  'et pour',
  'wat als',
  'ماذا عن',
  'что насчет',
  'что насчёт',
  'thế còn',
  'bagaimana dengan',
])

/** A question that ends with such a sign of a fragment. */
const FINALS = /(?:呢|は|은요|는요)\s*[?？。]*\s*$/u

/** Words that begin a fragment of a few words, such as "For how long?". */
const PREPOSITIONS = setOf(
  `for since until till by with on in at from to during after before without en
  für seit bis mit am im an ab von zu nach vor ohne pour depuis avec sans à por para desde hasta con sin
  per da fino com sem até voor sinds tot met для с до от на в без после`,
)

/** Words that ask, in languages whose words without a topic are not known. */
const INTERROGATIVES = setOf(
  `warum wieso weshalb wann wo wer wie viel viele lange oft pourquoi combien quand où qui comment quoi
  por qué cuánto cuánta cuántos cuántas cuándo dónde quién cómo perché quanto quanta quanti quante quando dove chi
  porquê onde quem waarom hoeveel wanneer waar wie hoe neden niçin niye kaç nerede nasıl ne zaman
  почему зачем сколько когда где кто как γιατί πόσο πότε πού ποιος πώς لماذا كم متى أين كيف क्यों कितना कितने कितनी कब कहाँ कौन कैसे
  tại sao bao nhiêu lâu khi nào đâu thế mengapa kenapa berapa kapan mana siapa bagaimana dlaczego ile kiedy gdzie kto jak
  varför när var vem hur cât când unde cine cum なぜ どうして いくら いつ どこ 誰 何 왜 얼마 얼마나 언제 어디 누구 어떻게 ทำไม เท่าไร เมื่อไร ที่ไหน`,
)

/** "es" is a verb in Spanish, and stands for something only behind a German one. */
const GERMAN_IT = /(?:dauert|gibt|geht|ist|kostet|war|wird) es(?!\p{L})/iu

/** Words that stand for something of the conversation. */
const PRONOUNS = setOf(
  `it its they them their theirs he she him her his hers those these
  er ihn ihm davon dafür damit dazu darüber darin dort elle ils elles ça cela celui celle ello eso él ella ellos ellas
  lui lei loro ciò ele ela eles elas isso hij zij ze daar он она оно они его её ее их там onu onun ona onlar bunu bunun
  orada αυτό αυτή αυτός αυτά هو هي ذلك هناك वह वे उसका उसके उसकी इसका इसके इसकी มัน nó đó ấy
  它 它们 他 她 他们 她们 其 それ そこ その これ 그것 그거 그건 거기 그곳 jego jej det dess ea`,
)

/** The same, if the question has no other topic. */
const WEAK_PRONOUNS = setOf(
  `that this there one ones das dies diese dieser dieses esto questo quello isto dat dit это bu şu هذا هذه تلك यह ये
  นั้น นี้ này itu ini 这 那 这个 那个 这些 那些 この あの 이것 이거 이건`,
)

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/u).map((word) => word.normalize('NFKC').toLowerCase()))
}
