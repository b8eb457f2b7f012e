import { describe, expect, it } from 'vitest'
import { collectChat, streamChat } from '../../../src/index.ts'
import { extractiveChatModel } from '../../../src/knowledge/local/extractive-chat-model.ts'
import { localRetriever } from '../../../src/knowledge/local/local-retriever.ts'

async function ask(question: string, text: string) {
  const retriever = localRetriever([{ documentId: 'a', text }], { minScore: 0 })
  const model = extractiveChatModel({ wordsPerSecond: Infinity })
  return collectChat(streamChat({ question, retriever, model }))
}

describe('the relevance of a quote', () => {
  it.each([
    ['How do I bake bread?', 'The library avoids baking a UI protocol into the page. Clients read events.'],
    ['How do I bake bread?', 'Tests can be baked into the image. The build takes a minute.'],
    ['What is the capital of France?', 'Write a capital for each name. Lists follow.'],
    [
      'Wie backe ich ein Brot?',
      'Die Bibliothek vermeidet es, ein Protokoll in die Seite zu backen. Clients lesen Ereignisse.',
    ],
    ['¿Cómo horneo un pan?', 'La biblioteca evita hornear un protocolo en la página. Los clientes leen eventos.'],
    ['怎么烤面包？', '烤箱之外，本库不把协议写进页面。客户端读取事件。'],
  ])('B25: quotes nothing for %j of a text with one of its words by accident', async (question, text) => {
    const { citations, finishReason } = await ask(question, text)
    expect(finishReason).toBe('stop')
    expect(citations).toEqual([])
  })

  it.each([
    ['How do I bake bread?', 'Bread is baked for fifty minutes in a hot oven.', 'fifty'],
    ['Wie lange wird das Brot gebacken?', 'Brote werden fünfzig Minuten in einem heißen Ofen gebacken.', 'fünfzig'],
    ['Wer sang die Nationalhymne?', 'Die Nationalhymne wurde von einer Sängerin aus Bonn gesungen.', 'Sängerin'],
    ['Kuleyi kim yaptı?', 'Kulenin yapımı bir mühendis olan Henry Winstanley tarafından bitirildi.', 'Winstanley'],
    ['¿Cuánto tiempo se hornea el pan?', 'El pan se hornea cincuenta minutos en un horno caliente.', 'cincuenta'],
    ['面包要烤多久？', '面包在热烤箱里烤五十分钟。', '五十'],
  ])('B25: answers %j', async (question, text, said) => {
    const { answer, citations } = await ask(question, text)
    expect(answer).toContain(said)
    expect(citations).not.toEqual([])
  })
})

describe('the quoted sentences', () => {
  const QUESTION = 'What are the spacecraft and its subsystems?'

  it('B21: an unmarked heading, a title line and a lead-in are no answers', async () => {
    const body = 'The spacecraft consists of a copper impactor and a flyby bus, and its subsystems share one battery.'
    for (const text of [
      `Other missions came later.\n\nSpacecraft and Subsystems\n\n${body}`,
      `Spacecraft and Subsystems | Deep Impact\n${body} ${'It flew far and sent images of the comet. '.repeat(4)}`,
      `The spacecraft and its subsystems are:\n\n${body}`,
    ]) {
      const { answer } = await ask(QUESTION, text)
      expect(answer).toMatch(/^The spacecraft consists of a copper impactor/u)
      expect(answer).not.toMatch(/Spacecraft and Subsystems|are:/u)
    }
  })

  it('B21: halves of links, markup and images do not reach the answer', async () => {
    const text =
      'See the [spacecraft and its\n\nsubsystems](https://space.example/a) here.\n\n' +
      '[![subsystems](https://img.example/a.svg)](https://space.example)\n\n' +
      'The **spacecraft** has _two_ subsystems[^1], see [the list](https://space.example/list) and `bus`.'
    const { answer } = await ask(QUESTION, text)
    expect(answer).toBe('The spacecraft has two subsystems, see the list and `bus`. [1]')
  })

  it('B21: the asked fact wins over the sentence that defines the subject', async () => {
    const text = '拉采尔（1844—1904）是德国的地理学家。拉采尔于1844年出生在卡尔斯鲁厄。他写了许多书。'
    expect((await ask('拉采尔出生在哪里？', text)).answer).toContain('拉采尔于1844年出生在卡尔斯鲁厄。')
    const english = 'Ratzel (1844-1904) was a geographer. Ratzel was born in Karlsruhe. He wrote many books.'
    expect((await ask('Where was Ratzel born?', english)).answer).toMatch(
      /^(?:Ratzel \(.*?\[1\] )?Ratzel was born in Karl/u,
    )
  })

  it('B21: a sentence that only repeats the question is not the answer', async () => {
    const text = 'Change a document and index it again. A source must be marked as changed. The mark is a yellow dot.'
    const { answer } = await ask('When is a source marked as changed?', text)
    expect(answer).not.toMatch(/^A source must be marked as changed\. \[1\]$/u)
  })
})
