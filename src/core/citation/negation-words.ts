/**
 * Returns true for a word that negates, such as "not", in the languages of this table: English, German, Dutch, Swedish, Danish,
 * Norwegian, French, Spanish, Italian, Portuguese, Turkish, Polish, Russian, Ukrainian, Greek, Hebrew, Arabic, Hindi, Thai,
 * Vietnamese, Indonesian, Japanese, Korean and Chinese. The word is in lower case.
 */
export function isNegation(word: string): boolean {
  return NEGATION.test(word) || WORDS.has(word) || (NO_LATIN.test(word) && OTHER_SCRIPT.test(word))
}

// A Chinese negation is a part of its word: 没有, 不能, 从未. The lookahead excludes words that only begin like one: 不仅, 未来,
// 非常.
const NEGATION = /n't$|^n'|^değil|^[并绝从毫尚]?[不没未无非](?![仅但只光单同过断少久管论妨来常洲线])/u
const NO_LATIN = /^\P{Script=Latin}/u
// Forms with endings: Japanese ない and ません, which may be cut into ま and せん; Korean 않다, 없다 and 못하다; Thai ไม่.
const OTHER_SCRIPT = /(?:ない|なかった|なく|ません|ず)$|^(?:せん$|않|없|못하|아[니닙닌님]|안$|ไม่)/u
const WORDS: ReadonlySet<string> = new Set(
  (
    'no not never none neither nor cannot without nobody nothing nowhere hardly non ' +
    'nicht kein keine keinen keinem keiner keines nie niemals niemand niemanden niemandem nichts nirgends nirgendwo ohne ' +
    'weder keinesfalls keineswegs niet geen nooit niemand zonder ' +
    'ne pas jamais aucun aucune rien sans ni nunca jamás nadie nada ningún ninguna ninguno tampoco ' +
    'mai nessuno nessuna niente senza não nem ninguém nenhum nenhuma ' +
    'inte inget ingen inga aldrig ej ikke intet ingenting aldri uten uden nie nigdy nikt bez żaden żadna żadne żadnych ' +
    'yok hiç не нет ни нельзя никогда никто ничего без немає ніколи ніхто δεν μην όχι χωρίς κανένας κανείς ' +
    'לא אין אינו אינה אינם אינן ללא בלי لا لم لن ليس ليست غير بدون नहीं न मत ' +
    'không chưa chẳng tidak bukan belum tanpa jangan'
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

/** Returns the word that a negative prefix denies: "possible" of "impossible". */
export function deniedByPrefix(word: string): string | undefined {
  return NEGATIVE_PREFIX.exec(word)?.[1]
}

const NEGATIVE_PREFIX = /^(?:un|in|im|ir|il|non|dis|nicht)(.{3,})$/u
