import { withoutThinking } from '../text/thinking-filter.ts'

// Maximum number of layers, such as a fence around an object around a label.
const MAX_LAYERS = 8

/** Facts about the reader's question. */
export interface UnwrapOptions {
  /** True if the reader's question has several lines, so that its rewrite may have several, too. */
  readonly ofManyLines: boolean
}

/**
 * Extracts the question from the output of a model, without the layers that models put around it: thoughts, a fence, an
 * object, a label, quotation marks, a list mark. Returns `undefined` if it is uncertain which part is the question.
 */
export function unwrapQuestion(output: string, { ofManyLines }: UnwrapOptions): string | undefined {
  let text = withoutThinking(output).trim()
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const inner = unwrapOnce(text, ofManyLines)?.trim()
    if (inner === undefined) return undefined
    if (inner === text) return ofManyLines || !/[\r\n]/u.test(text) ? text : undefined
    text = inner
  }
  return undefined
}

/** Returns the text without its outermost layer; `undefined` for an object without a question. */
function unwrapOnce(text: string, ofManyLines: boolean): string | undefined {
  if (/^[{[]/u.test(text) && /[}\]]$/u.test(text)) return fromObject(text)
  const inner = LAYERS.map((layer) => layer.exec(text)?.groups?.['inner']).find((found) => found !== undefined)
  return inner ?? (ofManyLines ? withoutLabelLine(text) : fromLines(text)) ?? text
}

const NOUNS = [
  String.raw`questions?|query|queries|prompt|output|result|rewrite|rewriting|rephrasing|rewritten|rephrased|reformulated|q`,
  '问题|提问|查询|问句|問題|提問|查詢|質問|クエリ|질문|쿼리',
  'frage|suchanfrage|anfrage|requête|question|pregunta|consulta|domanda|pergunta|vraag|soru|sorgu|pytanie|fråga|spørgsmål|otázka',
  'вопрос|запрос|питання|ερώτηση|السؤال|سؤال|שאלה|प्रश्न|câu hỏi|pertanyaan|คำถาม|kysymys|întrebare|kérdés',
].join('|')

const QUALIFIERS = [
  String.raw`the|a|an|here is|here's|here’s|sure|okay|ok|certainly|this is|your|my|is|as|of|version|form|one|new|final|last|full|complete|user|search`,
  String.raw`stand-?\s?alone|self-?contained|independent|rewritten|re-?written|rephrased|reformulated|condensed|contextuali[sz]ed|clarified|revised|updated|improved|resolved|decontextuali[sz]ed|de-contextuali[sz]ed|follow-?up`,
  '独立|完整|改写|重写|重述|改述|后|後|的|新|最终|搜索|检索|獨立|改寫|重寫|独立した|書き換えた|書き直した|言い換えた|単独の|検索|독립적인|독립형|재작성된|다시 작성된|다시 쓴|검색',
  'die|das|der|eine|eigenständige|selbstständige|umformulierte|umgeschriebene|unabhängige|neue|la|le|une|un|autonome|reformulée|réécrite|indépendante|complète|nouvelle',
  'una|independiente|reformulada|reescrita|autónoma|completa|nueva|riformulata|autonoma|riscritta|indipendente|nuova|independente|nova|uma|de|zelfstandige|herschreven|op|zichzelf|staande|bağımsız|yeniden|yazılmış|samodzielne|przeredagowane|przekształcone',
  'самостоятельный|переформулированный|переписанный|независимый|уточнённый|новый|المستقل|المعاد صياغته|स्वतंत्र|पुनर्लिखित|độc lập|viết lại|mandiri',
].join('|')

const QUALIFIER = String.raw`(?:(?:${QUALIFIERS})[\s,!.]*)`
const LABEL = String.raw`[#>*_\s]*${QUALIFIER}{0,8}(?:${NOUNS})(?:\s*(?:${QUALIFIERS})){0,4}[*_\s]{0,4}`

/** Layers around a whole text; `inner` is their content. */
const LAYERS = [
  /^(?<fence>`{3,}|~{3,})[^\n`]*\n(?<inner>[^]*?)\n?\k<fence>$/u,
  /^`+(?<inner>[^`]+)`+$/u,
  /^<(?<tag>[a-z_-]+)>(?<inner>[^<]*)<\/\k<tag>>$/iu,
  /^\*\*(?<inner>[^*]+)\*\*$/u,
  /^[*_](?<inner>[^*_]+)[*_]$/u,
  /^["＂](?<inner>[^"＂]*)["＂]$/u,
  /^['‘](?<inner>[^'‘’]*(?:['’]\p{L}[^'‘’]*)*)['’]$/u,
  /^[“”„](?<inner>[^“”„]*)[“”]$/u,
  /^[«»](?<inner>[^«»]*)[«»]$/u,
  /^「(?<inner>[^「」]*)」$/u,
  /^『(?<inner>[^『』]*)』$/u,
  /^(?:[-*+•–>→]|[-=]>|1[.)]|Q:)\s+(?<inner>.+)$/u,
  /^\$?\\boxed\{(?:\\text\{)?(?<inner>[^{}]*)\}{1,2}\$?$/u,
  new RegExp(String.raw`^${LABEL}[:：]\s*[*_]*\s*(?<inner>[^\n]+)$`, 'iu'),
]

const LABEL_LINE = new RegExp(String.raw`^${LABEL}[:：]?[*_\s]*$`, 'iu')
const RESULT_LINE = new RegExp(
  String.raw`^${QUALIFIER}{0,8}(?:rewritten|rephrased|stand-?alone|reformulated|condensed|改写|独立|重写)`,
  'iu',
)
const NOTE_LINE =
  /^[(（*_]*(?:note|explanation|reason(?:ing)?|original|context|注|说明|解释|备注|原|hinweis|erklärung|remarque|nota)/iu

/** Returns the line that is the question; `undefined` if there is only one line or if no line is certain. */
function fromLines(text: string): string | undefined {
  const lines = text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length < 2) return undefined
  const labelled = lines.filter((line) => RESULT_LINE.test(line.replace(/^[#>*_\s]+/u, '')) && /[:：]./u.test(line))
  if (labelled.length === 1) return labelled[0]
  const rest = isLabelLine(lines[0] ?? '') ? lines.slice(1) : lines
  const questions = rest.filter((line) => !NOTE_LINE.test(line))
  return new Set(questions).size === 1 ? questions[0] : undefined
}

function withoutLabelLine(text: string): string | undefined {
  const [first = '', ...rest] = text.split('\n')
  return isLabelLine(first) && rest.length > 0 ? rest.join('\n') : undefined
}

function isLabelLine(line: string): boolean {
  return LABEL_LINE.test(line) || /[:：]\s*$/u.test(line)
}

const KEYS = /question|query|rewrit|rephras|stand_?-?alone|output|result|text|search/iu

/** Returns the question in an object or a list, written in JSON or in Python. */
function fromObject(text: string): string | undefined {
  const value = parse(text) ?? parse(text.replace(/'/gu, '"'))
  if (Array.isArray(value)) return value.length === 1 && typeof value[0] === 'string' ? value[0] : undefined
  return questionIn(value)
}

function questionIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  // A call of a tool has its question in the arguments.
  const inner = Object.entries(value).find(([key]) => /^(?:arguments|parameters|input)$/iu.test(key))?.[1] as unknown
  if (typeof inner === 'object' && inner !== null) return questionIn(inner)
  const texts = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const questions = texts.filter(([key]) => KEYS.test(key) && !/original/iu.test(key))
  return questions.length === 1 ? questions[0]?.[1] : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The text of a model may not be JSON.
    return undefined
  }
}
