import { describe, expect, it } from 'vitest'
import { flawOfRewrite } from '../../../src/core/history/flaw-of-rewrite.ts'
import { unwrapQuestion } from '../../../src/core/history/unwrap-question.ts'

const Q = 'How long do cats sleep?'
const ONE_LINE = { ofManyLines: false }

describe('unwrapQuestion', () => {
  it.each([
    Q,
    `  ${Q}\n`,
    `"${Q}"`,
    `“${Q}”`,
    `'${Q}'`,
    `«${Q}»`,
    `\`${Q}\``,
    `**${Q}**`,
    `*${Q}*`,
    `<think>They ask about cats.\n\nSo: ?</think>\n\n${Q}`,
    `They ask about cats.</think>${Q}`,
    `<thinking>x</thinking>"${Q}"`,
    `Standalone question: ${Q}`,
    `Stand-alone Question: ${Q}`,
    `Rewritten question:\n${Q}`,
    `Rewritten question:\n\n"${Q}"`,
    `**Standalone question:** ${Q}`,
    `**Rewritten Question**: ${Q}`,
    `### Standalone question\n${Q}`,
    `The rewritten question is: ${Q}`,
    `Here is the rewritten question:\n\n${Q}`,
    `Sure! Here's the standalone question:\n\n- ${Q}`,
    `Question: ${Q}`,
    `Q: ${Q}`,
    `Query: "${Q}"`,
    `Search query: ${Q}`,
    `Umformulierte Frage: ${Q}`,
    `Question reformulée : ${Q}`,
    `Pregunta independiente: ${Q}`,
    `Самостоятельный вопрос: ${Q}`,
    `独立问题：${Q}`,
    `改写后的问题：${Q}`,
    `独立した質問：${Q}`,
    `독립적인 질문: ${Q}`,
    `السؤال: ${Q}`,
    `- ${Q}`,
    `* ${Q}`,
    `• ${Q}`,
    `1. ${Q}`,
    `\`\`\`\n${Q}\n\`\`\``,
    `\`\`\`text\n${Q}\n\`\`\``,
    `\`\`\`json\n{"question": "${Q}"}\n\`\`\``,
    `{"question": "${Q}"}`,
    `{ "query": "${Q}" }`,
    `{\n  "standalone_question": "${Q}",\n  "language": "en"\n}`,
    `{'question': '${Q}'}`,
    `{"original_question": "How long?", "rewritten_question": "${Q}"}`,
    `["${Q}"]`,
    `<question>${Q}</question>`,
    `Original question: How long?\nStandalone question: ${Q}`,
    `${Q}\n\n(Note: "they" are the cats.)`,
    `${Q}\n${Q}`,
    `Here's a standalone version of the question: ${Q}`,
    `Original: How long?\nRewritten: ${Q}`,
    `→ ${Q}`,
    `> ${Q}`,
    String.raw`$\boxed{\text{${Q}}}$`,
    `{"name": "rewrite", "arguments": {"question": "${Q}"}}`,
  ])('A8: finds the question in %j', (said) => expect(unwrapQuestion(said, ONE_LINE)).toBe(Q))

  it.each([
    'How long do cats sleep?\nHow long do dogs sleep?',
    '1. How long do cats sleep?\n2. When do cats sleep?',
    'How long do cats sleep?\n\nThis question stands alone.',
    '{"answer": 16}',
    '{"question": "a?", "query": "b?"}',
    '["a?", "b?"]',
    '{not json}',
  ])('A8: does not guess in %j', (said) => expect(unwrapQuestion(said, ONE_LINE)).toBeUndefined())

  it.each([
    'What is the question: to be or not to be?',
    'Who said "Sein" and "Zeit"?',
    '"A" or "B"?',
    'What does `argv[2]` mean?',
    'Is it 5:30 or 6:30?',
    "What are cats' habits?",
    '《三体》的作者是谁？',
    'What is {x} in f{x}?',
  ])('A8: leaves %j as it is', (said) => expect(unwrapQuestion(said, ONE_LINE)).toBe(said))

  it('A8: keeps all lines of a rewrite when the original question has several lines', () => {
    const text = 'Why does this fail?\nconst a = b[1]'
    expect(unwrapQuestion(text, { ofManyLines: true })).toBe(text)
    expect(unwrapQuestion(`Rewritten question:\n${text}`, { ofManyLines: true })).toBe(text)
  })

  it.each(['una', 'the ', '*', 'question ', 'Rewritten ', '"', '{', 'a: ', '\n- ', "'a", '<a>'])(
    'C1: handles a long text made of %j in linear time',
    (unit) => {
      const text = unit.repeat(60_000 / unit.length)
      expect((unwrapQuestion(text, ONE_LINE) ?? '').length).toBeLessThanOrEqual(text.length)
      expect((unwrapQuestion(`${text}x:y`, ONE_LINE) ?? '').length).toBeLessThanOrEqual(text.length + 3)
    },
  )
})

describe('flawOfRewrite', () => {
  it.each([
    "I'm sorry, but I can't help with that.",
    'I’m sorry, I cannot answer this.',
    'I cannot rewrite this question.',
    'As an AI language model, I have no access to it.',
    'Sorry, could you clarify what you mean?',
    'Please provide more context.',
    'Unfortunately, there is no context.',
    '抱歉，我无法回答这个问题。',
    '很抱歉，我不能提供帮助。',
    '作为一个AI，我没有这些信息。',
    '申し訳ございませんが、お答えできません。',
    '죄송합니다. 답변할 수 없습니다.',
    'Es tut mir leid, das kann ich nicht.',
    'Je suis désolé, je ne peux pas répondre.',
    'Lo siento, no puedo ayudar.',
    'К сожалению, я не могу ответить.',
  ])('A8: detects a refusal in %j', (text) => expect(flawOfRewrite(text, ['How long?'])).toBe('a refusal'))

  it.each([
    'N/A',
    'None',
    '[null]',
    'Hello! How can I help you today?',
    'Could you please clarify what you mean?',
    'What do you mean by "it"?',
    '您能提供更多信息吗？',
    '请问您指的是什么？',
    'Könnten Sie das präzisieren?',
    'Pouvez-vous préciser votre question ?',
    '¿Podrías aclarar a qué te refieres?',
    'Что вы имеете в виду?',
  ])('A8: detects that %j is not a question of the user', (text) => {
    expect(flawOfRewrite(text, ['How long?'])).toMatch(/question/u)
    // The user may ask the same.
    expect(flawOfRewrite(text, [text])).toBeUndefined()
  })

  it.each([
    'Yes, they do.',
    'Cats sleep 16 hours a day.',
    '是的，猫每天睡16小时',
    'Cats sleep a lot. They sleep at noon. They sleep at night.',
    '猫每天睡十六个小时。',
  ])('A8: detects an answer in %j', (text) => expect(flawOfRewrite(text, ['How long?'])).toBe('an answer'))

  it.each([
    ['How long do cats sleep?', 'How long?'],
    ['cat sleep duration', 'How long?'],
    ['Tell me how long cats sleep.', 'How long?'],
    ['Tell me more about the sleep of cats.', 'Tell me more.'],
    ['I cannot log in to the portal; what now?', 'And on the phone?'],
    ["I'm sorry for being late with my return, what now?", "I'm sorry, and now?"],
    ['猫睡多久？', '多久？'],
    ['猫睡多久', '多久？'],
  ])('A8: accepts %j as a rewrite of %j', (text, question) => expect(flawOfRewrite(text, [question])).toBeUndefined())
})
