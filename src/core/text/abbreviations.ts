/** The part of a text around a full stop. */
export interface FullStop {
  /** The text before it, with it and the blanks after it. */
  readonly before: string
  /** The text after the blanks. It may be incomplete. */
  readonly next: string
}

/** Maximum length of the text before a full stop that is examined. */
export const MAX_BEFORE_CHARS = 32

/** Returns true if a full stop ends an abbreviation, an initial, an ordinal or a list number, and no sentence. */
export function isAbbreviation({ before, next }: FullStop): boolean {
  if (ENDS_IN_ALWAYS.test(before)) return true
  if (ENDS_IN_NUMBER_WORD.test(before)) return /^(?:[\p{N}#]|$)/u.test(next)
  if (ENDS_IN_SMALL_LETTER.test(before) && /^(?:\p{L}|Chr?)(?:\.|$)/u.test(next)) return true
  if (ENDS_IN_INITIAL.test(before) || ENDS_IN_OFTEN.test(before)) return !STARTER.test(next)
  return ENDS_IN_DIGITS.test(before) && isOrdinal({ before, next })
}

/** Returns true if a word before a full stop is often shortened, so that a small letter after it continues the sentence. */
export function isShortened(before: string): boolean {
  return ENDS_IN_ENDING.test(before) || ENDS_IN_INITIAL.test(before) || ENDS_IN_OFTEN.test(before)
}

// German and Turkish write ordinals with a full stop.
function isOrdinal({ before, next }: FullStop): boolean {
  if (ENDS_IN_ORDINAL.test(before)) return !STARTER.test(next)
  const word = /^\p{Lu}\p{L}*/u.exec(next)?.[0] ?? ''
  if (word === '') return false
  // The word may go on in the next piece of an answer.
  return AFTER_ORDINAL.some((known) => known === word || (word === next && known.startsWith(word)))
}

// English; German; French; Spanish, Portuguese and Italian; Turkish; Russian. A name, a number or a noun follows them.
const ALWAYS =
  'Mr|Mrs|Ms|Mx|Dr|Prof|St|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|Mt|Ft|Vol|Figs?|figs?|[Ee]qs?|[Cc]h|[Ss]ec|pp?|vs|cf|' +
  'approx|viz|e\\.\\s?g|i\\.\\s?e|Messrs|Adm|Cmdr|Maj|Pres|Supt|' +
  '[Bb]zw|Abs|Abb|Bd|Bde|[Kk]ap|[Vv]gl|[Ee]vtl|[Gg]gf|inkl|exkl|zzgl|[Bb]spw|Bsp|insb|insbes|sog|' +
  'geb|gest|Hrsg|hrsg|Ziff|Anm|Dipl|Ing|Hr|Fr|Str|Nrn|einschl|v\\.\\s?Chr|n\\.\\s?Chr|' +
  'MM|Mme|Mmes|Mlle|Mgr|éd|chap|tél|réf|p\\.\\s?ex|' +
  'EE|Sra?|Srta|Dra|Uds?|págs?|núms?|aprox|Avda|Sig|Sigg|[Dd]ott|pagg?|' +
  'Doç|Yrd|Sn|[Öö]rn|[Bb]kz|Mah|Cad|Sok|yy|' +
  'ул|(?<!\\d\\s?)г|стр|рис|табл|см|ср|напр|проф|акад|гл|пп|т\\.\\s?е|тов'
const NUMBER_WORDS = '[Nn]os?|[Nn]r|[Aa]rts?|[Cc]a|[Mm]ax|[Mm]in|[Mm]ind|env|av|apr|[Tt]el|\\p{L}{3,20}str|[Nn]°|ст|п|№'
// A sentence may end with these.
const OFTEN =
  'Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Okt|Dez|Inc|Ltd|Corp|Co|Bros|Jr|Sr|Mio|Mrd|Tsd|Jh|Jhd|Aufl|Univ|Dept|Est|' +
  'им|тыс|млн|млрд|руб|вв|гг|UU|J\\.-C|Ph\\.\\s?D|Şti|Alm|İng'
// After these, only a small letter continues the sentence.
const ENDINGS =
  'etc|usw|ecc|vb|др|т\\.\\s?д|т\\.\\s?п|пр|al|incl|excl|dept|corp|govt|univ|misc|min|assn|est|tel|ed|eds|vol'

const ENDS_IN_ALWAYS = endingIn(ALWAYS)
const ENDS_IN_NUMBER_WORD = endingIn(NUMBER_WORDS)
const ENDS_IN_OFTEN = endingIn(OFTEN)
const ENDS_IN_ENDING = endingIn(ENDINGS)
// "J.", "U.S.", "a.m.", and the second letter of "d. h."
const ENDS_IN_INITIAL = endingIn(String.raw`\p{Lu}|(?:\p{L}\.)+\p{L}|\p{L}\.\s\p{L}`)
// The first letter of "d. h."
const ENDS_IN_SMALL_LETTER = endingIn(String.raw`\p{Ll}`)
const ENDS_IN_DIGITS = /(?:^|[^\p{L}\p{N}.])\d{1,3}\.\s*$/u
const ENDS_IN_ORDINAL =
  /(?:^|[\s(])(?:(?<!I )am|vom|zu[mr]|beim|im|bis|ab|seit|de[rmns]|die|das|und|oder|jede[rmns]?|eine?[rmns]?|(?:sein|ihr|unser)e?[rmns]?|diese[rmns]?|\p{L}+(?:tag|woch|abend),)\s\d{1,3}\.\s*$/iu

// Words that begin a sentence but hardly ever a name.
const STARTER =
  /^(?:The|Th[ei]s[es]?|Th(?:at|ose|ere|ey|en|us)|S?He|It|We|You|My|Our|I[nf]?|O[nf]|At|By|To|But|And|Or|So|Yet|Also|However|Whe[nr]e?|While|Wh(?:at|y|o)|How|As|An?|Its|His|Her|Their|For|From|With|After|Before|Since|Not?|Some|Many|Most|All|Both|Each|Today|Der|Die|Das|Den|Dem|Des|Er|Sie|Es|Wir|Ich|Ein(?:e[rmns]?)?|Im|Am|Auf|Bei|Mit|Nach|Von|Zu|Und|Aber|Auch|Dies(?:e[rmns]?)?|Il|Elles?|Ils|Le|Las?|Les|Los|El|Un|Une|Una|Bu|Он[аои]?|Это|Его|Ее|В|На|По|И|Но)(?=[\s,])/u

const AFTER_ORDINAL = (
  'Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert Jahrhunderts ' +
  'Jahrtausend Auflage Weltkrieg Kapitel Etage Stock Klasse Liga Platz Dünya Yüzyıl Lig Bölüm'
).split(' ')

function endingIn(words: string): RegExp {
  return new RegExp(String.raw`(?:^|[\s\-–—("“„‘'[/,])(?:${words})\.\s*$`, 'u')
}
