import { EXIT } from '../command-line/cli-error.ts'
import { defineCommand, type CommandCall } from '../command-line/command.ts'
import { safeJson } from '../command-line/safe-text.ts'
import { compareReports, type Comparison } from '../eval/compare-reports.ts'
import { EVAL_OPTIONS, resolveEvalSettings, type EvalSettings } from '../eval/eval-settings.ts'
import { formatComparison } from '../eval/format-comparison.ts'
import { formatReport, formatShare } from '../eval/format-report.ts'
import { makeReport, type StopReason } from '../eval/make-report.ts'
import { readQuestions } from '../eval/read-questions.ts'
import { readReport } from '../eval/read-report.ts'
import type { EvalReport } from '../eval/report.ts'
import { writeReport } from '../eval/write-report.ts'
import { ENVIRONMENT } from '../settings/environment.ts'

type EvalCall = CommandCall<typeof EVAL_OPTIONS>

/** `ragwire eval`: asks the questions of a file, measures the answers, and compares them with an earlier run. */
export const evaluate = defineCommand({
  name: 'eval',
  summary: 'Ask the questions of a file, and measure the answers',
  usage: 'QUESTIONS [options]',
  details: [
    'Each line of the file is a question in JSON: {"question": "How hot is tea?", "sources": ["tea.md"], "contains": ["80 °C"]}. Further fields are id, thread and refuses.',
    'With --baseline, a loss is a question that passed and now fails, or a measure that fell by more than --tolerance. With a tolerance, questions that now fail count only by their share.',
  ],
  options: EVAL_OPTIONS,
  examples: [
    { call: 'ragwire eval questions.jsonl --docs ./docs', does: 'Measure the answers' },
    { call: 'ragwire eval questions.jsonl --docs ./docs --output baseline.json', does: 'Keep the report' },
    { call: 'ragwire eval questions.jsonl --docs ./docs --baseline baseline.json', does: 'Fail on a loss' },
    { call: 'ragwire eval questions.jsonl --docs ./docs --min recall=0.9', does: 'Fail below a value' },
  ],
  environment: ENVIRONMENT,
  exitCodes: [
    { name: '0', does: 'It asked all questions, and there is no loss' },
    { name: '1', does: 'There is a loss, a measure is below --min, or a run ended with an error' },
  ],
  maxPositionals: 1,
  positionalAdvice: 'Name documents with --docs',
  run: runEval,
})

async function runEval(call: EvalCall): Promise<number> {
  const { cwd, terminal } = call
  const settings = resolveEvalSettings(call.values, call.positionals)
  const questions = (await readQuestions(settings.questions, cwd)).slice(0, settings.limit)
  // Read before the run, so that a broken file is noticed first, and --output may replace it.
  const baseline = settings.baseline === undefined ? undefined : await readReport(settings.baseline, cwd)
  const { report, stopped } = await makeReport(questions, settings, call)
  const comparison = baseline && !stopped ? compareReports(baseline, report, settings) : undefined
  show(report, comparison, settings, call)
  if (stopped) {
    terminal.note(explainStop(stopped, questions.length - report.questions.length, settings))
    return stopped === 'interrupted' ? EXIT.interrupted : EXIT.failed
  }
  if (settings.output !== undefined) await writeReport(settings.output, cwd, report)
  const failures = failuresOf(report, settings)
  for (const failure of failures) terminal.note(failure)
  return failures.length + (comparison?.losses.length ?? 0) === 0 ? EXIT.ok : EXIT.failed
}

function show(
  report: EvalReport,
  comparison: Comparison | undefined,
  { isJson, baseline = '' }: EvalSettings,
  { terminal }: EvalCall,
): void {
  if (isJson) return terminal.print(safeJson(comparison ? { ...report, comparison } : report))
  for (const line of formatReport(report, comparison)) terminal.print(line)
  for (const line of comparison ? formatComparison(comparison, baseline) : []) terminal.print(line)
}

function explainStop(stopped: StopReason, notAsked: number, { output }: EvalSettings): string {
  const reason = stopped === 'interrupted' ? 'Stopped' : 'Stopped, because every question so far failed'
  const file = output === undefined ? '' : `, and ${output} was not written`
  return `${reason}: ${notAsked} question${notAsked === 1 ? ' was' : 's were'} not asked${file}`
}

/** Returns the reasons to fail that need no baseline. */
function failuresOf({ measures }: EvalReport, { minimums }: EvalSettings): readonly string[] {
  const failed = Object.values(measures.errors).reduce((sum, count) => sum + count, 0)
  return [
    ...(failed > 0 ? [`${failed} question${failed === 1 ? '' : 's'} could not be measured: see the errors`] : []),
    ...minimums.flatMap(({ name, value }) => {
      const measured = measures[name].value
      if (measured !== null && measured >= value) return []
      return [`${name} is ${formatShare(measured)}, below the minimum of ${value}`]
    }),
  ]
}
