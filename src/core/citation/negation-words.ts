/**
 * Returns true for a word that negates, such as "not", in the languages of this table: English, German, Dutch, French,
 * Spanish, Italian, Portuguese, Turkish, Russian, Arabic, Hindi, Japanese, Korean and Chinese. The word is in lower case.
 */
export function isNegation(word: string): boolean {
  return NEGATION.test(word) || WORDS.has(word) || (NO_LATIN.test(word) && OTHER_SCRIPT.test(word))
}

// A Chinese negation is a part of its word: 没有, 不能, 从未. The lookahead excludes words that only begin like one: 不仅, 未来,
// 非常.
const NEGATION = /n't$|^[并绝从毫尚]?[不没未无非](?![仅但只光单同过断少久管论妨来常洲线])/u
const NO_LATIN = /^\P{Script=Latin}/u
// Forms with endings: Japanese ない and ません, Korean 않다, 없다 and 못하다.
const OTHER_SCRIPT = /(?:ない|なかった|なく|ません|ず)$|^(?:않|없|못하|아니|안$)/u
const WORDS: ReadonlySet<string> = new Set(
  (
    'no not never none neither nor cannot without nobody nothing nowhere hardly non ' +
    'nicht kein keine keinen keinem keiner keines nie niemals niemand niemanden niemandem nichts nirgends nirgendwo ohne ' +
    'weder keinesfalls keineswegs niet geen nooit niemand zonder ' +
    'ne pas jamais aucun aucune rien sans ni nunca jamás nadie nada ningún ninguna ninguno tampoco ' +
    'mai nessuno nessuna niente senza não nem ninguém nenhum nenhuma ' +
    'değil yok hiç не нет ни никогда никто ничего без لا لم لن ليس ليست غير بدون नहीं न'
  ).split(' '),
)

/** Words that may stand between a negation and what it negates: "no longer supported", "nicht mehr erhältlich". */
export const DEGREE_WORDS: ReadonlySet<string> = new Set(
  (
    'longer yet always ever more any really fully necessarily even quite very so entirely completely only just ' +
    'mehr immer noch unbedingt ganz sehr so auch einmal zwingend vollständig nur plus encore toujours più ancora sempre ' +
    'más todavía siempre mais ainda sempre meer nog altijd'
  ).split(' '),
)

/** Returns true for a word after which a negation denies nothing: "not only". */
export function isNotOnly(next: string): boolean {
  return /^(?:only|just|merely|simply|nur|allein|seulement|solo|sólo|apenas|alleen|sadece|только)$/u.test(next)
}

/** Words that reverse a negation: "not supported unless …" means "supported if …". */
export const EXCEPTION = /^(?:unless|except|until|außer|sofern|bis|sauf|salvo|excepto|除非|除了|直到)$/u
