import type { ModelFinishReason } from '../../core/vocabulary/chat-model.ts'

/** The meaning of a server's finish reason. */
export type FinishWord =
  | { readonly type: 'end'; readonly reason: ModelFinishReason }
  /** The server failed, and the answer is incomplete. */
  | { readonly type: 'failure' }
  | { readonly type: 'unknown' }
  /** Sent with every chunk before the end, by some servers. */
  | { readonly type: 'none' }

// Finish reasons of OpenAI, Anthropic, Gemini, Cohere, Mistral, DeepSeek, TGI and gateways, without case and punctuation.
const REASONS: ReadonlyMap<string, ModelFinishReason> = new Map([
  ...reasonsOf('stop', 'stop stopped eos eostoken eostokenid endturn endofturn end stopsequence stopword stopstring'),
  ...reasonsOf('stop', 'complete completed finish finished done normal success natural'),
  ...reasonsOf('length', 'length maxtokens maxtoken maxlength maxnewtokens maxoutputtokens maxcompletiontokens'),
  ...reasonsOf('length', 'modellength contextlength contextlengthexceeded modelcontextwindowexceeded tokenlimit'),
  ...reasonsOf('length', 'outputlimit tokenlimitreached errorlimit limit incomplete truncated'),
  ...reasonsOf('content-filter', 'contentfilter contentfiltered contentfiltererror safety recitation sensitive'),
  ...reasonsOf('content-filter', 'blocked blocklist blocklisted prohibitedcontent spii refusal moderation guardrail'),
  ...reasonsOf('content-filter', 'contentmoderation guardrailintervened guardrails errortoxic toxic flagged'),
  // No tools are offered, but a tool call is not a failure.
  ...reasonsOf('other', 'toolcalls toolcall tooluse functioncall pauseturn'),
])

const NONE: ReadonlySet<string> = new Set(['', 'null', 'none', 'undefined', 'finishreasonunspecified'])

const FAILURES =
  /error|exception|abort|cancel|fail|crash|timeout|timedout|overload|busy|insufficient|exhaust|unavailable|interrupt|disconnect|preempt|evict|outofmemory|oom|ratelimit|quota|malformed|shutdown|killed|deadline|expired|network|connection|unreachable|nocapacity|internal/u

const LIMITS = /length|tokenlimit|max(?:output|completion|new)?tokens?/u
const FILTERS = /filter|safety|moderat|sensitive|prohibit|guardrail/u

/** Converts a server's finish reason, in any spelling. */
export function readFinishReason(word: unknown): FinishWord {
  if (word === undefined || word === null || word === false) return { type: 'none' }
  if (typeof word !== 'string') return { type: 'unknown' }
  const plain = word.toLowerCase().replaceAll(/[^a-z0-9]/gu, '')
  if (word.trim() === '' || (plain !== '' && NONE.has(plain))) return { type: 'none' }
  const reason = REASONS.get(plain)
  if (reason) return { type: 'end', reason }
  if (FAILURES.test(plain)) return { type: 'failure' }
  if (LIMITS.test(plain)) return { type: 'end', reason: 'length' }
  return FILTERS.test(plain) ? { type: 'end', reason: 'content-filter' } : { type: 'unknown' }
}

function reasonsOf(reason: ModelFinishReason, words: string): readonly (readonly [string, ModelFinishReason])[] {
  return words.split(' ').map((word) => [word, reason] as const)
}
