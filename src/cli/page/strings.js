// @ts-check

/** @import { Phase, SourceState, Support } from 'ragwire' */
/** @import { ChatFailure } from 'ragwire/client' */

const ENGLISH = {
  language: 'en',
  threads: 'Conversations',
  searchThreads: 'Search conversations',
  noThreads: 'None yet: ask the first question.',
  noMatch: 'No conversation has these words.',
  listProblem: 'The server does not answer. Reload the page to try again.',
  openProblem: 'The conversation cannot be loaded. Reload the page to try again.',
  changeProblem: 'The server did not save this. Try again.',
  older: 'Show older ones',
  running: ', being answered',
  renameThread: 'Rename this conversation',
  rename: 'Rename',
  deleteThread: 'Delete this conversation?',
  deleteWarning: 'This cannot be undone. An answer that is being written stops.',
  title: 'Title',
  keep: 'Keep it',
  delete: 'Delete',
  cancel: 'Cancel',
  save: 'Save',
  newThread: 'New conversation',
  welcome: 'Ask the documents',
  welcomeText:
    'Each number in an answer opens the passage that it cites, and says if that passage covers the sentence. A follow-up question is understood from the conversation.',
  /** @param {number} count */
  documents: (count) => (count === 1 ? '1 document' : `${count.toLocaleString('en')} documents`),
  /** @param {number} done @param {number} total */
  indexing: (done, total) =>
    total === 0 ? 'indexing…' : `indexing ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`,
  comma: ', ',
  turns: 'Questions and answers',
  yourQuestion: 'Your question',
  ask: 'Ask a question',
  send: 'Send',
  stop: 'Stop (Esc)',
  edit: 'Edit the question',
  editing: 'Editing the last question',
  copy: 'Copy the answer with its sources',
  copied: 'Copied',
  copyProblem: 'The browser did not allow copying.',
  again: 'Answer again',
  up: 'Good answer',
  down: 'Bad answer',
  comment: 'What could be better? (optional)',
  thanks: 'Thank you. Your feedback is saved.',
  condensed: 'Searched for: ',
  sources: 'Cited sources',
  others: 'Other passages that were found',
  passage: 'Cited passage',
  openDocument: 'Open the document',
  /** @param {number} count */
  more: (count) => `${count} more`,
  /** @param {number} count */
  found: (count) => `${count} passages found`,
  /** @param {string} numbers */
  source: (numbers) => `Source ${numbers}`,
  /** @param {number} number */
  page: (number) => `p. ${number}`,
  /** @type {Record<Exclude<SourceState, 'same'>, string>} a word for each state of a source */
  states: { moved: 'moved', changed: 'changed', gone: 'gone' },
  /** @type {Record<Exclude<SourceState, 'same'>, string>} */
  stateSentences: {
    moved: 'This passage now stands at another place of the document.',
    changed: 'The document has changed since this answer. It no longer has this passage.',
    gone: 'The document is no longer there.',
  },

  /** @type {Record<Phase, string>} */
  phases: {
    condensing: 'Understanding the question…',
    retrieving: 'Searching the documents…',
    reranking: 'Choosing the best passages…',
    generating: 'Writing…',
  },
  waiting: 'Waiting for the model…',
  stopping: 'Stopping…',
  reconnecting: 'The connection is lost. Connecting again…',
  seconds: ' seconds',
  /** @param {string} seconds */
  done: (seconds) => `Done in ${seconds} s`,
  /** @type {Record<string, string>} by the finish reason */
  ends: {
    abort: 'Stopped',
    'no-evidence': 'Nothing found in the documents',
    length: 'Cut at the length limit',
    'content-filter': 'Withheld by the filter of the model',
  },
  brokenOff: 'Broken off',
  noAnswer: 'No answer',

  /** @type {Record<Support, string>} */
  supports: { supported: 'supported', weak: 'partly supported', unsupported: 'not supported' },
  /** @type {Record<Support, string>} */
  verdicts: {
    supported: 'The passage covers this sentence.',
    weak: 'The passage covers this sentence only in part.',
    unsupported: 'The passage does not cover this sentence.',
  },
  negation: 'Only one of them says “not”.',
  /** @param {string} kind @param {string} value */
  lacks: (kind, value) => `It lacks the ${kind} “${value}”.`,

  /** @type {Record<string, string>} by the code; the server's own sentence stands for all others */
  warnings: {
    uncited: 'This answer cites no source: check it before you use it.',
    'citation-unknown': 'The answer cites a source that does not exist.',
    'retrieval-degraded': 'A part of the search failed: sources may be missing.',
    'context-trimmed': 'Not all text that was found fitted into the question to the model.',
    'history-trimmed': 'The oldest part of the conversation was left out.',
    'condense-failed': 'The question was searched for without the conversation.',
    'output-capped': 'The answer reached its maximum length.',
  },
  /** @type {Record<string, string>} by the code; the server's own sentence stands for all others */
  failures: {
    unreachable: 'The server cannot be reached. Is it still running?',
    disconnected: 'The connection broke before the answer was complete.',
    'producer-lost': 'The server no longer has this answer.',
    'run-expired': 'The server no longer has this answer.',
  },
  /** @param {number} seconds */
  retryAfter: (seconds) => ` Try again in ${seconds} s.`,
  period: '.',
  askAgain: 'Ask again',
  tryAgain: 'Try again',
  showIt: 'Show it',
  stopAndAsk: 'Stop it and ask',
}

/** @typedef {typeof ENGLISH} Strings */

/** @type {Strings} */
const CHINESE = {
  language: 'zh-Hans',
  threads: '对话',
  searchThreads: '搜索对话',
  noThreads: '还没有对话：请提出第一个问题。',
  noMatch: '没有包含这些词的对话。',
  listProblem: '服务器没有响应。请重新加载页面。',
  openProblem: '无法加载对话。请重新加载页面。',
  changeProblem: '服务器没有保存。请重试。',
  older: '显示更早的对话',
  running: '，正在回答',
  renameThread: '重命名对话',
  rename: '重命名',
  deleteThread: '删除这个对话？',
  deleteWarning: '删除后无法恢复。正在写的回答会停止。',
  title: '标题',
  keep: '保留',
  delete: '删除',
  cancel: '取消',
  save: '保存',
  newThread: '新对话',
  welcome: '向文档提问',
  welcomeText: '回答中的每个编号都能打开所引用的原文，并说明原文是否支持这句话。追问会结合上文来理解。',
  documents: (count) => `${count} 个文档`,
  indexing: (done, total) => (total === 0 ? '正在建立索引…' : `正在建立索引：${done} / ${total}`),
  comma: '，',
  turns: '问题与回答',
  yourQuestion: '你的问题',
  ask: '请输入问题',
  send: '发送',
  stop: '停止（Esc）',
  edit: '修改问题',
  editing: '正在修改上一个问题',
  copy: '复制回答和来源',
  copied: '已复制',
  copyProblem: '浏览器不允许复制。',
  again: '重新回答',
  up: '回答得好',
  down: '回答得不好',
  comment: '哪里可以改进？（可选）',
  thanks: '谢谢，反馈已保存。',
  condensed: '实际检索：',
  sources: '引用的来源',
  others: '检索到的其他段落',
  passage: '引用的原文',
  openDocument: '打开文档',
  more: (count) => `另外 ${count} 段`,
  found: (count) => `检索到 ${count} 段`,
  source: (numbers) => `来源 ${numbers}`,
  page: (number) => `第 ${number} 页`,
  states: { moved: '已移动', changed: '已更改', gone: '已删除' },
  stateSentences: {
    moved: '这段原文现在在文档的另一处。',
    changed: '回答之后文档已经更改，其中不再有这段原文。',
    gone: '这个文档已经不存在。',
  },
  phases: {
    condensing: '正在理解问题…',
    retrieving: '正在检索文档…',
    reranking: '正在挑选最相关的段落…',
    generating: '正在写回答…',
  },
  waiting: '正在等待模型…',
  stopping: '正在停止…',
  reconnecting: '连接中断，正在重新连接…',
  seconds: ' 秒',
  done: (seconds) => `用时 ${seconds} 秒`,
  ends: {
    abort: '已停止',
    'no-evidence': '文档中没有找到相关内容',
    length: '达到长度上限，回答被截断',
    'content-filter': '被模型的过滤器拦截',
  },
  brokenOff: '回答中断',
  noAnswer: '没有回答',
  supports: { supported: '有依据', weak: '部分有依据', unsupported: '没有依据' },
  verdicts: {
    supported: '原文支持这句话。',
    weak: '原文只支持这句话的一部分。',
    unsupported: '原文不支持这句话。',
  },
  negation: '两者中只有一个是否定句。',
  lacks: (kind, value) => `原文没有${{ number: '数字', name: '名称', date: '日期' }[kind] ?? ''}“${value}”。`,
  warnings: {
    uncited: '这个回答没有引用来源，使用前请核对。',
    'citation-unknown': '回答引用了不存在的来源。',
    'citations-capped': '引用过多，后面的编号按普通文字显示。',
    'retrieval-degraded': '部分检索失败，可能缺少来源。',
    'context-trimmed': '检索到的文字没有全部交给模型。',
    'history-trimmed': '对话最早的部分没有交给模型。',
    'condense-failed': '检索时没有结合上文。',
    'output-capped': '回答达到了最大长度。',
    'finish-reason-missing': '模型没有说明结束的原因。',
    'finish-reason-unknown': '模型结束的原因未知，回答可能不完整。',
    retrying: '模型没有响应，正在重试。',
    'source-url-dropped': '有一个来源的网址不被允许，已经去掉。',
  },
  failures: {
    unreachable: '无法连接服务器。它还在运行吗？',
    disconnected: '回答完成之前连接中断了。',
    'producer-lost': '服务器上已经没有这个回答。',
    'run-expired': '服务器上已经没有这个回答。',
    'thread-busy': '这个对话中还有一个回答正在进行。',
    'too-many-runs': '同时进行的回答太多。',
    'rate-limited': '请求太多，请稍后再试。',
    unauthorized: '请先登录。',
    'retrieval-failed': '检索失败。',
    'upstream-auth': '模型拒绝了这个服务的密钥。',
    'upstream-rejected': '模型拒绝了请求。',
    'upstream-rate-limited': '模型收到的请求太多。',
    'upstream-unavailable': '无法连接模型。',
    'upstream-timeout': '模型没有及时开始回答。',
    'upstream-stalled': '模型中途停止了输出。',
    'upstream-disconnected': '与模型的连接中断了。',
    'upstream-incomplete': '回答没有写完就结束了。',
    'limit-exceeded': '回答超过了允许的时间。',
    'store-unavailable': '无法访问对话。',
    'shutting-down': '服务器正在关闭。',
    internal: '服务器出错了。',
  },
  retryAfter: (seconds) => `请在 ${seconds} 秒后重试。`,
  period: '。',
  askAgain: '再问一次',
  tryAgain: '重试',
  showIt: '显示它',
  stopAndAsk: '停止它并提问',
}

/** Returns the language of a text that a reader wrote: `zh-Hans` if it has Chinese characters. @param {string} text */
export function languageOf(text) {
  return /\p{Script=Han}/u.test(text) ? 'zh-Hans' : 'en'
}

/** Returns the texts in a language. @param {string} language */
export function stringsIn(language) {
  return language.startsWith('zh') ? CHINESE : ENGLISH
}

/** Returns a failure as sentences. @param {ChatFailure} failure @param {Strings} strings */
export function describeFailure({ code, message, retryAfterMs }, { failures, retryAfter, period }) {
  const sentence = failures[code] ?? `${message.replace(/\.$/, '')}${period}`
  return sentence + (retryAfterMs ? retryAfter(Math.ceil(retryAfterMs / 1000)) : '')
}
