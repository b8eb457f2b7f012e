import { guessLanguage, type GuessedLanguage } from './guess-language.ts'

/** One sentence in each language. */
export type FixedSentence = Readonly<Record<GuessedLanguage, string>>

/** Returns the sentence in the language of the first text whose language is known; in English if none is. */
export function inLanguageOf(texts: readonly string[], sentence: FixedSentence): string {
  for (const text of texts) {
    // Names in Latin letters can make up most of a question.
    const language = guessLanguage(text) ?? guessLanguage(text.slice(0, 2_000).replaceAll(/\p{Script=Latin}/gu, ''))
    if (language !== undefined) return sentence[language]
  }
  return sentence.en
}

/** The end of a run without evidence. */
export const NO_EVIDENCE: FixedSentence = {
  en: 'I found nothing about this in the documents, so I cannot answer it.',
  zh: '在文档中没有找到相关内容，因此我无法回答这个问题。',
  ja: '資料の中に該当する内容が見つからなかったため、お答えできません。',
  ko: '문서에서 관련 내용을 찾지 못해 답변할 수 없습니다.',
  ar: 'لم أجد شيئًا عن هذا في المستندات، لذلك لا أستطيع الإجابة.',
  ru: 'Я ничего не нашёл об этом в документах, поэтому не могу ответить.',
  el: 'Δεν βρήκα τίποτα σχετικό στα έγγραφα, οπότε δεν μπορώ να απαντήσω.',
  he: 'לא מצאתי על כך דבר במסמכים, ולכן איני יכול לענות.',
  hi: 'मुझे दस्तावेज़ों में इसके बारे में कुछ नहीं मिला, इसलिए मैं उत्तर नहीं दे सकता।',
  th: 'ไม่พบข้อมูลเกี่ยวกับเรื่องนี้ในเอกสาร จึงไม่สามารถตอบได้',
  de: 'Dazu habe ich in den Dokumenten nichts gefunden, daher kann ich das nicht beantworten.',
  fr: 'Je n’ai rien trouvé à ce sujet dans les documents, je ne peux donc pas répondre.',
  es: 'No encontré nada sobre esto en los documentos, así que no puedo responder.',
  it: 'Non ho trovato nulla in proposito nei documenti, quindi non posso rispondere.',
  pt: 'Não encontrei nada sobre isso nos documentos, por isso não posso responder.',
  nl: 'Hierover heb ik niets in de documenten gevonden, dus ik kan dit niet beantwoorden.',
  tr: 'Belgelerde bu konuda bir şey bulamadım, bu yüzden yanıt veremiyorum.',
  pl: 'Nie znalazłem nic na ten temat w dokumentach, więc nie mogę odpowiedzieć.',
  sv: 'Jag hittade inget om detta i dokumenten, så jag kan inte svara.',
  ro: 'Nu am găsit nimic despre asta în documente, așa că nu pot răspunde.',
  vi: 'Tôi không tìm thấy gì về điều này trong tài liệu, nên không thể trả lời.',
  id: 'Saya tidak menemukan apa pun tentang ini dalam dokumen, jadi saya tidak dapat menjawabnya.',
}

/** The answer of a model that quotes, if no sentence of the sources fits. */
export const NO_QUOTE: FixedSentence = {
  en: 'I found no sentence in the sources that answers this.',
  zh: '在资料来源中没有找到能回答这个问题的句子。',
  ja: '情報源の中に、この質問に答える文は見つかりませんでした。',
  ko: '출처에서 이 질문에 답하는 문장을 찾지 못했습니다.',
  ar: 'لم أجد في المصادر جملة تجيب عن هذا السؤال.',
  ru: 'Я не нашёл в источниках предложения, которое отвечает на этот вопрос.',
  el: 'Δεν βρήκα στις πηγές πρόταση που να απαντά σε αυτό.',
  he: 'לא מצאתי במקורות משפט שעונה על כך.',
  hi: 'मुझे स्रोतों में ऐसा कोई वाक्य नहीं मिला जो इसका उत्तर देता हो।',
  th: 'ไม่พบประโยคในแหล่งข้อมูลที่ตอบคำถามนี้',
  de: 'Ich habe in den Quellen keinen Satz gefunden, der das beantwortet.',
  fr: 'Je n’ai trouvé dans les sources aucune phrase qui y réponde.',
  es: 'No encontré en las fuentes ninguna frase que responda a esto.',
  it: 'Non ho trovato nelle fonti nessuna frase che risponda a questa domanda.',
  pt: 'Não encontrei nas fontes nenhuma frase que responda a isto.',
  nl: 'Ik heb in de bronnen geen zin gevonden die dit beantwoordt.',
  tr: 'Kaynaklarda bu soruyu yanıtlayan bir cümle bulamadım.',
  pl: 'Nie znalazłem w źródłach zdania, które na to odpowiada.',
  sv: 'Jag hittade ingen mening i källorna som besvarar detta.',
  ro: 'Nu am găsit în surse nicio propoziție care să răspundă la aceasta.',
  vi: 'Tôi không tìm thấy câu nào trong các nguồn trả lời điều này.',
  id: 'Saya tidak menemukan kalimat dalam sumber yang menjawab ini.',
}
