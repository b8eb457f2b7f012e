import type { QuestionSet } from './xquad.ts'

/** A few lines to try the evaluation with; their results mean nothing. */
export const SAMPLE: readonly QuestionSet[] = [
  {
    language: 'en',
    documents: [
      {
        documentId: 'lighthouse',
        text:
          'The lighthouse on the northern cape was built in 1887. Its lamp burned oil for forty years. ' +
          'Since 1927 it has been electric, and its beam reaches 34 kilometres.',
      },
      {
        documentId: 'ferry',
        text:
          'The ferry to the island leaves three times a day. It was named after Marta Olsen, who ran the harbour ' +
          'office. In winter it does not sail, because the bay freezes over.',
      },
      {
        documentId: 'museum',
        text:
          'The harbour museum stands in Kirkvik, next to the old dock. Its largest exhibit is a whaling boat. ' +
          'Entry is free on the first Sunday of a month.',
      },
    ],
    questions: [
      { question: 'When was the lighthouse built?', documentId: 'lighthouse', answer: '1887' },
      { question: 'How far does the beam of the lighthouse reach?', documentId: 'lighthouse', answer: '34 kilometres' },
      { question: 'Who was the ferry named after?', documentId: 'ferry', answer: 'Marta Olsen' },
      { question: 'Why does the ferry not sail in winter?', documentId: 'ferry', answer: 'the bay freezes over' },
      { question: 'Where is the harbour museum?', documentId: 'museum', answer: 'Kirkvik' },
    ],
  },
  {
    language: 'zh',
    documents: [
      {
        documentId: 'lighthouse',
        text: '北角的灯塔建于1887年。它的灯烧了四十年的油。1927年改用电灯，光束可达34公里。',
      },
      { documentId: 'ferry', text: '开往小岛的渡船每天三班。冬天海湾结冰，因此渡船停航。' },
      {
        documentId: 'museum',
        text: '港口博物馆位于旧码头旁边。馆内最大的展品是一艘捕鲸船。每月第一个星期日免费参观。',
      },
    ],
    questions: [
      { question: '灯塔是哪一年建成的？', documentId: 'lighthouse', answer: '1887年' },
      { question: '渡船每天有几班？', documentId: 'ferry', answer: '三班' },
      { question: '港口博物馆在哪里？', documentId: 'museum', answer: '旧码头旁边' },
    ],
  },
]
