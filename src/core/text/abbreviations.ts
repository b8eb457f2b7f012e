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
  const word = wordBefore(before)
  if (word === '') return false
  if (/^\d{1,3}$/u.test(word)) return isOrdinal({ before, next })
  if (ALWAYS.has(word)) return true
  // "1990 г." may end a sentence, "г. Москва" does not.
  if (word === 'г') return !/\d\s?г\.\s*$/u.test(before)
  if (BEFORE_NUMBERS.has(word) || STREET.test(word)) return /^(?:[\p{N}#]|$)/u.test(next)
  // The first letter of "d. h."
  if (/^\p{Ll}$/u.test(word) && /^(?:\p{L}|Chr?)(?:\.|$)/u.test(next)) return true
  return (isInitial(word, before) || OFTEN.has(word)) && !STARTER.test(next)
}

/** Returns true if a word before a full stop is often shortened, so that a small letter after it continues the sentence. */
export function isShortened(before: string): boolean {
  const word = wordBefore(before)
  return ENDINGS.has(word) || OFTEN.has(word) || BEFORE_NUMBERS.has(word) || isInitial(word, before)
}

/** Returns the word before a full stop at the end of a text; empty if the text ends otherwise. */
function wordBefore(before: string): string {
  const end = before.trimEnd().length - 1
  if (before.charAt(end) !== '.') return ''
  let start = end
  while (start > 0 && !BOUNDARY.test(before.charAt(start - 1))) start -= 1
  return before.slice(start, end)
}

/** Returns true for "J", "U.S", "a.m", and the second letter of "d. h". */
function isInitial(word: string, before: string): boolean {
  if (word.length > MAX_INITIALS_CHARS) return false
  return INITIALS.test(word) || (/^\p{L}$/u.test(word) && /\p{L}\.\s\p{L}\.\s*$/u.test(before))
}

// German and Turkish write ordinals with a full stop.
function isOrdinal({ before, next }: FullStop): boolean {
  if (ENDS_IN_ORDINAL.test(before)) return !STARTER.test(next)
  const word = /^\p{Lu}\p{L}*/u.exec(next)?.[0] ?? ''
  if (word === '') return false
  // The word may go on in the next piece of an answer.
  return AFTER_ORDINAL.some((known) => known === word || (word === next && known.startsWith(word)))
}

const BOUNDARY = /[\s\-–—("“„‘'[/,]/u
const MAX_INITIALS_CHARS = 8
const INITIALS = /^(?:\p{Lu}|(?:\p{L}\.)+\p{L})$/u
const STREET = /^\p{L}{3,20}str$/u

// English; German; French; Spanish and Italian; Turkish; Russian. A name, a number or a noun follows them.
const ALWAYS = wordsOf(
  'Mr Mrs Ms Mx Dr Prof St Gen Col Capt Lt Sgt Rev Hon Gov Sen Rep Mt Ft Vol Fig Figs figs fig eq eqs Ch pp p vs cf approx ' +
    'viz e.g i.e Messrs Adm Cmdr Maj Supt bzw Abs Abb Bd Bde kap vgl evtl ggf inkl exkl zzgl bspw Bsp insb insbes sog geb ' +
    'gest hrsg Ziff Anm Dipl Ing Hr Fr Str Nrn einschl MM Mme Mmes Mlle Mgr éd chap tél réf p.ex EE Sra Srta Dra Ud Uds pág ' +
    'págs núm núms aprox Avda Sig Sigg dott pag pagg Doç Yrd Sn örn bkz Mah Cad Sok yy ул стр рис табл см ср напр проф акад ' +
    'гл пп т.е тов',
)
const BEFORE_NUMBERS = wordsOf('no nos nr art arts ca max min mind env av apr tel n° ст п №')
// A sentence may end with these.
const OFTEN = wordsOf(
  'Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Okt Dez Inc Ltd Corp Co Bros Jr Sr Mio Mrd Tsd Jh Jhd Aufl Univ Dept Est ' +
    'Chr ex UU Ph.D Şti Alm İng им тыс млн млрд руб вв гг',
)
// After these, only a small letter continues the sentence.
const ENDINGS = wordsOf(
  'etc usw ecc vb др т.д т.п пр al incl excl dept corp govt univ misc min assn est tel ed eds vol sec ch',
)

const ENDS_IN_ORDINAL =
  /(?:^|[\s(])(?:(?<!I )am|vom|zu[mr]|beim|im|bis|ab|seit|de[rmns]|die|das|und|oder|jede[rmns]?|eine?[rmns]?|(?:sein|ihr|unser)e?[rmns]?|diese[rmns]?|\p{L}+(?:tag|woch|abend),)\s\d{1,3}\.\s*$/iu

// Words that begin a sentence but hardly ever a name.
const STARTER =
  /^(?:The|Th[ei]s[es]?|Th(?:at|ose|ere|ey|en|us)|S?He|It|We|You|My|Our|I[nf]?|O[nf]|At|By|To|But|And|Or|So|Yet|Also|However|Whe[nr]e?|While|Wh(?:at|y|o)|How|As|An?|Its|His|Her|Their|For|From|With|After|Before|Since|Not?|Some|Many|Most|All|Both|Each|Today|Der|Die|Das|Den|Dem|Des|Er|Sie|Es|Wir|Ich|Ein(?:e[rmns]?)?|Im|Am|Auf|Bei|Mit|Nach|Von|Zu|Und|Aber|Auch|Dies(?:e[rmns]?)?|Il|Elles?|Ils|Le|Las?|Les|Los|El|Un|Une|Una|Bu|Он[аои]?|Это|Его|Ее|В|На|По|И|Но)(?=[\s,])/u

const AFTER_ORDINAL = (
  'Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert Jahrhunderts ' +
  'Jahrtausend Auflage Weltkrieg Kapitel Etage Stock Klasse Liga Platz Dünya Yüzyıl Lig Bölüm'
).split(' ')

/** Returns the words of a list, and the small ones with a capital too. */
function wordsOf(list: string): ReadonlySet<string> {
  return new Set(list.split(' ').flatMap((word) => [word, word.charAt(0).toUpperCase() + word.slice(1)]))
}
