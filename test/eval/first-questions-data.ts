/** A question with the answer that it should get. */
export interface FirstQuestion {
  readonly question: string
  /** The first cited source must be one of these documents; absent if the documents do not answer the question. */
  readonly from?: readonly string[]
  /** The answer must contain one of these fragments. */
  readonly says?: readonly string[]
}

/**
 * Questions of somebody who sees this project for the first time. They were written before any of them was asked. The
 * last one of each language has nothing to do with the project.
 */
export const FIRST_QUESTIONS: readonly FirstQuestion[] = [
  {
    question: 'What is ragwire?',
    from: ['README.md', 'docs/guides/getting-started.md', 'examples/demo/handbook.pdf'],
    says: ['RAG answers with traceable sources', 'between a RAG pipeline', 'streams answers from your documents'],
  },
  {
    question: 'How do I install it?',
    from: ['README.md', 'docs/guides/getting-started.md'],
    says: ['npm install ragwire'],
  },
  { question: 'How do I use it with React?', from: ['docs/guides/react.md', 'README.md'], says: ['useRagChat'] },
  { question: '支持哪些数据库？', from: ['docs/guides/zh/kuaisu-kaishi.md'], says: ['PostgreSQL'] },
  {
    question: 'How do I stop an answer?',
    from: ['docs/guides/stopping.md'],
    says: ['the stop button of a page', 'pass a signal'],
  },
  {
    question: '刷新页面以后回答会丢失吗？',
    from: ['docs/guides/zh/liushi-wenda.md'],
    says: ['没有写完的回答会继续显示', '回答就在服务器上继续生成'],
  },
  {
    question: 'How fast is it?',
    from: ['README.md', 'docs/guides/scale.md'],
    says: ['microseconds of CPU time', 'millisecond'],
  },
  { question: 'What license is it under?', from: ['README.md', 'LICENSE'], says: ['MIT'] },
  {
    question: 'Can it read PDF files?',
    from: ['examples/demo/handbook.pdf', 'docs/guides/documents.md', 'README.md'],
    says: ['PDF and DOCX files can be read', 'PDFs and DOCX files are read'],
  },
  {
    question: 'Does it work with Express?',
    from: ['docs/guides/express.md', 'README.md'],
    says: ['for Express 4 and 5'],
  },
  {
    question: 'How do I use it in Next.js?',
    from: ['docs/guides/next.md'],
    says: ['A route file contains the chat handler'],
  },
  {
    question: 'I already use LlamaIndex. Can I keep it?',
    from: ['docs/guides/from-llamaindex.md'],
    says: ['Keep it, and let ragwire stream it'],
  },
  {
    question: '需要 OpenAI 的密钥吗？',
    from: ['docs/guides/zh/liushi-wenda.md', 'docs/guides/zh/kuaisu-kaishi.md'],
    says: ['没有设置密钥时', '不需要密钥'],
  },
  {
    question: 'Can I use Ollama or another local model?',
    from: ['README.md', 'docs/guides/models.md', 'docs/guides/models-and-retrievers.md'],
    says: ['works with Ollama', 'Ollama, vLLM'],
  },
  {
    question: 'Which languages does it support?',
    from: ['README.md', 'docs/guides/local.md', 'docs/guides/getting-started.md'],
    says: ['English and Chinese', 'English or Chinese', 'any language'],
  },
  {
    question: 'How are the citations checked?',
    from: ['docs/guides/grounding.md', 'README.md'],
    says: ['compares every sentence that has a citation with the cited source'],
  },
  {
    question: 'Is it safe against prompt injection?',
    from: ['README.md'],
    says: ['A hostile document can still change the wording', 'limits the damage but does not prevent it'],
  },
  {
    question: 'How does it handle follow-up questions?',
    from: ['docs/guides/conversations.md', 'README.md', 'docs/guides/local.md'],
    says: [
      'rewrites it as a stand-alone question',
      'a follow-up as a stand-alone question',
      'also searches for the previous and the first',
    ],
  },
  { question: 'What is the capital of France?' },
  { question: '今天北京的天气怎么样？' },
]
