import { foldText, type ChatResult, type Source } from '../../index.ts'
import type { DocumentIds, ExpectedSource } from './expected-source.ts'
import { toExpectedSource } from './expected-source.ts'
import { isRefusal } from './is-refusal.ts'
import type { EvalQuestion } from './question.ts'
import type { CitationCounts, FoundSource, Outcome, QuestionReport, QuestionResults } from './question-report.ts'

/** The end of the run of a question. */
export interface Answer {
  /** The result; of a failed run, the part that there is. */
  readonly result: ChatResult
  /** The code of the error; null if the run did not fail. */
  readonly error: string | null
}

/** Compares the answer to a question with its expectations. */
export function judgeAnswer(question: EvalQuestion, answer: Answer, documents: DocumentIds): QuestionReport {
  const { id, thread, expected, refusalPhrases } = question
  const { result, error } = answer
  const outcome: Outcome = error !== null ? 'failed' : isRefusal(result, refusalPhrases) ? 'refused' : 'answered'
  const sources = result.sources.map((source) => toFound(source, result))
  const groups = expected.sources.map((names) => names.map((name) => toExpectedSource(name, documents)))
  const hasExpectations = groups.length + expected.contains.length > 0 || expected.refuses !== null
  const missingTexts = expected.contains.filter((texts) => !containsOne(result, texts))
  const results = outcome === 'failed' ? NO_RESULTS : resultsOf({ groups, sources, missingTexts, expected })
  const failures = outcome === 'failed' ? [`The run failed: ${error}`] : failuresOf()
  return {
    id,
    question: question.question,
    thread,
    expected,
    outcome,
    error,
    passed: hasExpectations ? failures.length === 0 : null,
    failures,
    query: result.query?.query ?? null,
    answer: result.answer,
    sources,
    results,
    citations: countCitations(result),
    firstTokenMs: result.timings.firstToken ?? null,
    totalMs: result.timings.total,
    tokens: {
      input: result.usage.inputTokens,
      output: result.usage.outputTokens,
      estimated: result.usage.estimated === true,
    },
  }

  function failuresOf(): readonly string[] {
    if (expected.refuses === true) return outcome === 'refused' ? [] : ['It was answered instead of refused']
    if (outcome === 'refused' && hasExpectations) return ['It was refused instead of answered']
    const missing = groups.flatMap((group, index) => (isFound(group, sources) ? [] : [expected.sources[index] ?? []]))
    return [
      ...missing.map((names) => `Not among the sources: ${names.join(' or ')}`),
      ...(results.citesExpected === false && missing.length < groups.length ? ['It cites no expected source'] : []),
      ...missingTexts.map((texts) => `Not in the answer: ${texts.map((text) => JSON.stringify(text)).join(' or ')}`),
    ]
  }
}

const NO_RESULTS: QuestionResults = {
  recall: null,
  pageRecall: null,
  reciprocalRank: null,
  citesExpected: null,
  contains: null,
}

interface Judged {
  readonly groups: readonly (readonly ExpectedSource[])[]
  readonly sources: readonly FoundSource[]
  readonly missingTexts: readonly unknown[]
  readonly expected: EvalQuestion['expected']
}

function resultsOf({ groups, sources, missingTexts, expected }: Judged): QuestionResults {
  const contains = expected.contains.length === 0 ? null : missingTexts.length === 0
  if (groups.length === 0) return { ...NO_RESULTS, contains }
  const wholeDocuments = groups.map((group) => group.map(({ documentId }) => ({ documentId, page: null })))
  const withPages = groups.filter((group) => group.some(({ page }) => page !== null))
  const rank = sources.findIndex((source) => groups.some((group) => isOneOf(source, group)))
  return {
    recall: shareFound(wholeDocuments, sources),
    pageRecall: withPages.length === 0 ? null : shareFound(withPages, sources),
    reciprocalRank: rank === -1 ? 0 : 1 / (rank + 1),
    citesExpected: sources.some((source) => source.cited && groups.some((group) => isOneOf(source, group))),
    contains,
  }
}

function shareFound(groups: Judged['groups'], sources: readonly FoundSource[]): number {
  return groups.filter((group) => isFound(group, sources)).length / groups.length
}

function isFound(group: readonly ExpectedSource[], sources: readonly FoundSource[]): boolean {
  return sources.some((source) => isOneOf(source, group))
}

function isOneOf(source: FoundSource, group: readonly ExpectedSource[]): boolean {
  return group.some(({ documentId, page }) => source.documentId === documentId && (page ?? source.page) === source.page)
}

function toFound({ documentId, location, number }: Source, { citations }: ChatResult): FoundSource {
  const cited = citations.some((citation) => citation.number === number)
  return { documentId, page: location?.page ?? null, cited }
}

/** Compares without regard to case, width, white space and citation markers. */
function containsOne(result: ChatResult, texts: readonly string[]): boolean {
  const answer = foldText(withoutMarkers(result))
  return texts.some((text) => answer.includes(foldText(text)))
}

/** Removes each marker and the white space before it, so that a marker between two words does not separate them twice. */
function withoutMarkers({ answer, citations }: ChatResult): string {
  let text = ''
  let end = 0
  for (const citation of citations) {
    // The numbers of one marker are citations with the same range.
    if (citation.start < end || citation.start === citation.end) continue
    text += answer.slice(end, citation.start).trimEnd()
    end = citation.end
  }
  return text + answer.slice(end)
}

function countCitations({ citations }: ChatResult): CitationCounts {
  const counts = { supported: 0, weak: 0, unsupported: 0, unchecked: 0 }
  for (const { support = 'unchecked' } of citations) counts[support] += 1
  return counts
}
