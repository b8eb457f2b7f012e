/** A claim, divided into what it says and what only introduces it. */
export interface FramedClaim {
  /** The claim without the introduction. */
  readonly text: string
  /** The introduction; empty if there is none. */
  readonly framing: string
  /** True if it certainly names a text as the source; false if it only has a word such as "text" or "mentioned". */
  readonly isCertain: boolean
}

/** Maximum length of an introduction, and minimum of the claim besides it, in UTF-16 code units. */
const MAX_FRAMING_CHARS = 140
const MIN_CLAIM_CHARS = 6

/**
 * Divides a claim such as "According to the documentation, cats sleep 16 hours" into the introduction and the rest. An
 * introduction stands at the beginning or at the end. It names a text as the source, in the languages of these tables: English,
 * German, Dutch, French, Spanish, Italian, Portuguese, Turkish, Russian, Arabic, Chinese, Japanese and Korean.
 */
export function splitFraming(claim: string): FramedClaim {
  const { end, isCertain } = leadOf(claim)
  if (end > 0 && claim.length - end >= MIN_CLAIM_CHARS)
    return { text: claim.slice(end), framing: claim.slice(0, end), isCertain }
  const start = startOfTail(claim)
  if (start >= MIN_CLAIM_CHARS) return { text: claim.slice(0, start), framing: claim.slice(start), isCertain: true }
  return { text: claim, framing: '', isCertain: true }
}

/** Returns true for a word such as "documentation", which names no particular source. */
export function isAboutSource(word: string): boolean {
  return SOURCE_NOUN.test(word) || REPORT_VERB.test(word) || INTRODUCER.test(word)
}

/** Returns the length of the introduction at the beginning; 0 if there is none. */
function leadOf(claim: string): { readonly end: number; readonly isCertain: boolean } {
  const start = claim.slice(0, MAX_FRAMING_CHARS)
  const [comma, conjunction] = [endOfMatch(LEAD.exec(start)), endOfMatch(CONJUNCTION.exec(start))]
  // The usual claim is no introduction up to the later of the two, and so none up to the first.
  if (!isAboutSource(start.slice(0, Math.max(comma, conjunction))))
    return { end: endOfUnseparated(start), isCertain: true }
  // "The text says that cats, …" ends at "that"; "Based on the text that was found, …" does not.
  const ends =
    REPORT_VERB.test(start.slice(0, conjunction)) && conjunction < comma ? [conjunction, comma] : [comma, conjunction]
  const certain = ends.find((end) => end > 0 && isFraming(start.slice(0, end))) ?? endOfUnseparated(start)
  if (certain > 0) return { end: certain, isCertain: true }
  return { end: ends.find((end) => end > 0 && isAboutSource(start.slice(0, end))) ?? 0, isCertain: false }
}

function endOfUnseparated(start: string): number {
  return endOfMatch(UNSEPARATED.exec(start))
}

function endOfMatch(match: RegExpExecArray | null): number {
  return match ? match.index + match[0].length : 0
}

/** Returns the start of the introduction at the end; -1 if there is none. */
function startOfTail(claim: string): number {
  const from = Math.max(0, claim.length - MAX_FRAMING_CHARS)
  const { index = -1 } = TAIL.exec(claim.slice(from)) ?? {}
  return index >= 0 && isFraming(claim.slice(from + index)) ? from + index : -1
}

function isFraming(text: string): boolean {
  return INTRODUCER.test(text) || (SOURCE_NOUN.test(text) && REPORT_VERB.test(text))
}

/** A comma or a colon that is not part of a number. */
const LEAD = /(?:[,:](?=\s)|[，：、،])\s*(?:(?:es )?gilt(?: folgendes| dabei)?:\s+)?/iu
const CONJUNCTION = /\s(?:that|dass|dat|que|che)\s/u
const TAIL = /(?:,(?=\s)|[(，（])[^,(，（]*$/u

const INTRODUCER = words(
  'according to|based on|as per|laut|gemäß|zufolge|nach angaben|nach den|ausgehend von|basierend auf|volgens|op basis van|' +
    "selon|d'après|conformément|sur la base|según|de acuerdo con|con base en|basado en|secondo|in base a(?:l|lla|lle|i|gli)?|auf (?:der )?grundlage|aufgrund der|stando a|" +
    'segundo|de acordo com|com base|göre|dayanarak|uyarınca|согласно|по данным|исходя из|судя по',
  '根据|依据|按照|依照|(?<!\\p{Script=Han})据|によると|によれば|に基づ|에 따르면|에 의하면|에 따라|وفق|بحسب|حسب|استناد',
)
const SOURCE_NOUN = words(
  'document(?:s|ation|ed)?|faq|policy|text|sources?|passages?|articles?|docs?|guide|handbook|manual|paragraphs?|page|section|excerpts?|' +
    'context|information|report|material|reference|dokument(?:s|e|en)?|dokumentation|documentatie|anleitung|tekst|texte?|quellen?|artikels?|abschnitts?|' +
    'angaben|unterlagen?|handbuchs?|leitfaden|seite|bericht|informationen|kontext|documenten?|bron(?:nen)?|artikel|' +
    'documento?s?|documentación|texto?s?|fuentes?|artículo|documentazione|testo|fonti?|articolo|documentação|fontes?|artigo|' +
    'belge(?:ye|de|ler)?|metin|metne|metinde|kaynak(?:lar|ta|lara)?|документ\\p{L}*|текст\\p{L}*|источник\\p{L}*|стать\\p{L}*',
  '文档|文件|资料|材料|原文|文中|文章|来源|手册|指南|上文|本文|段落|文献|信息|内容|資料|文書|本文|記事|出典|문서|자료|본문|출처|기사|الوثائق|الوثيقة|النص|المصدر|المقال',
)
const REPORT_VERB = words(
  'says?|said|states?|stated|notes?|noted|explains?|explained|mentions?|mentioned|describes?|described|shows?|shown|' +
    'reports?|reported|indicates?|indicated|outlines?|outlined|specifies|specified|confirms?|confirmed|provided|given|' +
    'besagt|sagt|steht|heißt|beschrieben|beschreibt|erklärt|erläutert|erwähnt|genannt|angegeben|angibt|zeigt|berichtet|' +
    'entnehmen|hervorgeht|vermeldt|zegt|staat|beschreven|indique|précise|mentionne|explique|décrit|dit|indica|dice|' +
    'menciona|explica|describe|afferma|spiega|descrive|diz|afirma|descreve|belirtir|belirtildiği|belirtiliyor|göre|' +
    'говорит\\p{L}*|указа\\p{L}*|сказано|описан\\p{L}*|сообща\\p{L}*',
  '提到|指出|显示|表明|说明|记载|所述|介绍|写道|称|述べ|示し|記載|書かれ|언급|설명|나와|명시|تذكر|يذكر|يقول|تقول|ذكر',
)
/** An introduction without a comma: "Laut Dokumentation kostet es 5 Euro". */
const UNSEPARATED = new RegExp(
  String.raw`^\s*(?:${INTRODUCER.source})\s?(?:[\p{L}'’]+\s){0,3}?(?:${SOURCE_NOUN.source})(?:\s*[,:，：]|\s|(?<=\p{Script=Han}))\s*|^\s*(?:${SOURCE_NOUN.source})(?:에 따르면|에 의하면|によると|によれば)\s*`,
  'iu',
)

/** Matches whole words of scripts with blanks, and the others anywhere. */
function words(separated: string, joined: string): RegExp {
  return new RegExp(String.raw`(?<!\p{L})(?:${separated})(?!\p{L})|(?:${joined})`, 'iu')
}
