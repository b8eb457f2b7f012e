/** The kinds of messages that ask for nothing. */
export const GREETING_KINDS = ['goodbye', 'thanks', 'hello', 'agreement'] as const satisfies readonly GreetingKind[]

/** A kind of message that asks for nothing. `agreement` is a word such as "ok". */
export type GreetingKind = 'goodbye' | 'thanks' | 'hello' | 'agreement'

/** One kind of message in one language. */
export interface Greeting {
  /** The words of such a message. Case, accents and punctuation do not matter. */
  readonly phrases?: readonly string[] | undefined
  /** The answer. */
  readonly reply?: string | undefined
}

/** Greetings by language, as an ISO 639-1 code. */
export type GreetingTable = Readonly<Record<string, Readonly<Partial<Record<GreetingKind, Greeting>>>>>

// Each line: the reply, then the phrases. A phrase is a whole message, or a part of one that consists of such phrases.
// Words that also answer a question, such as "yes", are not here.
const SOURCE: Readonly<Record<string, Readonly<Record<GreetingKind, string>>>> = {
  en: {
    hello:
      'Hello! What would you like to know about the documents?|hi|hello|hey|hi there|hello there|hey there|hi all|hello all|hi everyone|hello everyone|good morning|good afternoon|good evening|good day|howdy|how are you|how are you doing|how is it going|nice to meet you',
    thanks:
      'You are welcome!|thanks|thank you|thx|ty|thanks a lot|thanks so much|thank you so much|thank you very much|many thanks|thanks again|thank you again|thanks for your help|thank you for your help|thanks for the help|that helps|that was helpful',
    goodbye:
      'Goodbye!|bye|goodbye|good bye|see you|see you later|see ya|good night|have a nice day|have a good day|take care|that is all|that s all',
    agreement:
      'All right. Ask me anything else about the documents.|ok|okay|all right|alright|got it|i see|understood|great|perfect|cool|nice|sounds good',
  },
  zh: {
    hello:
      '你好！你想了解文档中的什么内容？|你好|您好|你好呀|你好啊|大家好|嗨|哈喽|哈啰|嘿|早|早上好|上午好|中午好|下午好|晚上好|早安|在吗|在么|妳好|哈囉',
    thanks:
      '不客气！|谢谢|谢谢你|谢谢您|谢谢啦|谢了|多谢|多谢你|感谢|感谢你|非常感谢|十分感谢|谢谢你的帮助|辛苦了|謝謝|謝謝你|謝謝您|多謝|感謝',
    goodbye: '再见！|再见|拜拜|拜|回头见|下次见|晚安|没有别的问题了|再見|掰掰',
    agreement:
      '好的。关于文档还有什么想问的，请告诉我。|好|好的|好吧|好滴|行|明白|明白了|知道了|我知道了|懂了|了解|了解了|收到|嗯|嗯嗯|太好了|很好|没问题',
  },
  de: {
    hello:
      'Hallo! Was möchten Sie über die Dokumente wissen?|hallo|hi|hey|moin|moin moin|servus|grüezi|grüß gott|guten tag|guten morgen|guten abend|hallo zusammen|hi zusammen|wie geht es dir|wie geht es ihnen|wie geht s',
    thanks:
      'Gern geschehen!|danke|danke schön|dankeschön|danke sehr|vielen dank|herzlichen dank|besten dank|danke dir|danke ihnen|danke für die hilfe|vielen dank für die hilfe|merci',
    goodbye:
      'Auf Wiedersehen!|tschüss|tschüs|tschau|ciao|auf wiedersehen|bis dann|bis bald|bis später|gute nacht|schönen tag noch|das war alles',
    agreement:
      'Gut. Fragen Sie gern weiter zu den Dokumenten.|ok|okay|alles klar|verstanden|verstehe|gut|sehr gut|super|prima|perfekt|in ordnung|passt|klasse|toll',
  },
  fr: {
    hello:
      'Bonjour ! Que souhaitez-vous savoir sur les documents ?|bonjour|bonsoir|salut|coucou|comment allez vous|comment ça va|ça va',
    thanks:
      'Je vous en prie !|merci|merci beaucoup|merci bien|merci à vous|merci pour votre aide|merci pour ton aide|merci de votre aide',
    goodbye:
      'Au revoir !|au revoir|à bientôt|à plus|à plus tard|bonne nuit|bonne journée|bonne soirée|adieu|c est tout',
    agreement:
      'Très bien. N’hésitez pas à poser d’autres questions sur les documents.|ok|okay|d accord|compris|je vois|très bien|parfait|super|entendu|génial',
  },
  es: {
    hello:
      '¡Hola! ¿Qué le gustaría saber sobre los documentos?|hola|buenas|buenos días|buen día|buenas tardes|buenas noches|hola a todos|qué tal|hola qué tal|cómo estás|cómo está',
    thanks:
      '¡De nada!|gracias|muchas gracias|mil gracias|gracias por todo|gracias por tu ayuda|gracias por la ayuda|te lo agradezco',
    goodbye:
      '¡Hasta luego!|adiós|hasta luego|hasta pronto|hasta mañana|chao|chau|nos vemos|que tenga un buen día|eso es todo',
    agreement:
      'De acuerdo. Pregunte lo que quiera sobre los documentos.|ok|okay|vale|de acuerdo|entendido|entiendo|ya veo|perfecto|genial|muy bien|está bien|listo',
  },
  ar: {
    hello:
      'مرحبًا! ماذا تريد أن تعرف عن المستندات؟|مرحبا|مرحبا بكم|أهلا|أهلا وسهلا|السلام عليكم|السلام عليكم ورحمة الله|سلام|صباح الخير|مساء الخير|هلا|هاي|كيف حالك|كيف الحال',
    thanks:
      'على الرحب والسعة!|شكرا|شكرا لك|شكرا لكم|شكرا جزيلا|شكرا كثيرا|أشكرك|شكرا على المساعدة|شكرا على مساعدتك|جزاك الله خيرا|مشكور',
    goodbye: 'إلى اللقاء!|مع السلامة|إلى اللقاء|وداعا|في أمان الله|تصبح على خير|باي|أراك لاحقا|هذا كل شيء',
    agreement: 'حسنًا. اسألني ما تشاء عن المستندات.|حسنا|تمام|طيب|أوكي|اوكي|أوكيه|مفهوم|فهمت|ممتاز|جيد|جيد جدا|رائع',
  },
  el: {
    hello:
      'Γεια σας! Τι θα θέλατε να μάθετε για τα έγγραφα;|γεια|γεια σου|γεια σας|καλημέρα|καλησπέρα|χαίρετε|καλό μεσημέρι|τι κάνεις|τι κάνετε|πώς είσαι|πώς είστε',
    thanks:
      'Παρακαλώ!|ευχαριστώ|ευχαριστώ πολύ|σε ευχαριστώ|σας ευχαριστώ|ευχαριστώ για τη βοήθεια|να είσαι καλά|να είστε καλά',
    goodbye: 'Αντίο σας!|αντίο|καληνύχτα|τα λέμε|εις το επανιδείν|καλή συνέχεια|καλό βράδυ|αυτά|αυτό ήταν όλο',
    agreement:
      'Εντάξει. Ρωτήστε με ό,τι άλλο θέλετε για τα έγγραφα.|εντάξει|οκ|οκέι|κατάλαβα|ωραία|τέλεια|μάλιστα|πολύ καλά',
  },
  hi: {
    hello:
      'नमस्ते! आप दस्तावेज़ों के बारे में क्या जानना चाहते हैं?|नमस्ते|नमस्कार|हैलो|हेलो|हाय|सुप्रभात|शुभ प्रभात|शुभ संध्या|आप कैसे हैं|कैसे हो|कैसे हैं',
    thanks: 'आपका स्वागत है!|धन्यवाद|शुक्रिया|बहुत धन्यवाद|बहुत बहुत धन्यवाद|बहुत शुक्रिया|थैंक्स|थैंक यू|मदद के लिए धन्यवाद',
    goodbye: 'अलविदा!|अलविदा|फिर मिलेंगे|बाय|बाय बाय|शुभ रात्रि|बस इतना ही',
    agreement: 'ठीक है। दस्तावेज़ों के बारे में और कुछ पूछिए।|ठीक है|ठीक|अच्छा|ओके|समझ गया|समझ गई|बढ़िया|बहुत अच्छा',
  },
  ru: {
    hello:
      'Здравствуйте! Что вы хотите узнать из документов?|привет|здравствуй|здравствуйте|добрый день|доброе утро|добрый вечер|доброго дня|приветствую|всем привет|хай|салют|как дела|как вы',
    thanks:
      'Пожалуйста!|спасибо|спасибо большое|большое спасибо|огромное спасибо|спасибо огромное|благодарю|благодарю вас|спасибо вам|спасибо за помощь|спс|очень помогло',
    goodbye:
      'До свидания!|пока|до свидания|до встречи|до скорого|всего доброго|всего хорошего|спокойной ночи|прощай|прощайте|хорошего дня|это всё',
    agreement:
      'Хорошо. Спрашивайте ещё о документах.|ок|окей|ладно|хорошо|понятно|понял|поняла|ясно|отлично|супер|прекрасно|замечательно',
  },
  th: {
    hello:
      'สวัสดี! คุณอยากทราบอะไรเกี่ยวกับเอกสาร|สวัสดี|สวัสดีครับ|สวัสดีค่ะ|สวัสดีคะ|หวัดดี|หวัดดีครับ|หวัดดีค่ะ|ดีครับ|ดีค่ะ|อรุณสวัสดิ์|ฮัลโหล|สบายดีไหม',
    thanks: 'ยินดี!|ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ขอบคุณคะ|ขอบคุณมาก|ขอบคุณมากครับ|ขอบคุณมากค่ะ|ขอบใจ|ขอบใจมาก',
    goodbye: 'ลาก่อน!|ลาก่อน|บาย|บ๊ายบาย|ราตรีสวัสดิ์|แล้วเจอกัน|แล้วพบกันใหม่|ฝันดี|แค่นี้|แค่นี้ครับ|แค่นี้ค่ะ',
    agreement:
      'ได้เลย ถามเรื่องอื่นเกี่ยวกับเอกสารได้|โอเค|โอเคครับ|โอเคค่ะ|ตกลง|เข้าใจแล้ว|เข้าใจแล้วครับ|เข้าใจแล้วค่ะ|ได้เลย|ดีมาก|เยี่ยม|รับทราบ',
  },
  tr: {
    hello:
      'Merhaba! Belgeler hakkında ne öğrenmek istersiniz?|merhaba|merhabalar|selam|selamlar|selamün aleyküm|günaydın|iyi günler|iyi akşamlar|herkese merhaba|nasılsın|nasılsınız|naber',
    thanks:
      'Rica ederim!|teşekkürler|teşekkür ederim|çok teşekkürler|çok teşekkür ederim|teşekkür ederiz|sağ ol|sağ olun|sağol|sağolun|çok sağ ol|çok sağ olun|eyvallah|yardımınız için teşekkürler',
    goodbye:
      'Hoşça kalın!|hoşça kal|hoşça kalın|hoşçakal|hoşçakalın|güle güle|görüşürüz|görüşmek üzere|iyi geceler|bay bay|kendine iyi bak|hepsi bu kadar',
    agreement:
      'Tamam. Belgeler hakkında başka sorularınızı sorabilirsiniz.|tamam|tamamdır|peki|anladım|anlaşıldı|olur|harika|süper|çok iyi|güzel|ok|okey',
  },
  vi: {
    hello:
      'Xin chào! Bạn muốn biết điều gì về tài liệu?|xin chào|chào|chào bạn|xin chào bạn|chào anh|chào chị|chào mọi người|chào buổi sáng|chào buổi chiều|chào buổi tối|alo|bạn khỏe không',
    thanks:
      'Không có gì!|cảm ơn|cám ơn|cảm ơn bạn|cám ơn bạn|cảm ơn nhiều|cám ơn nhiều|cảm ơn bạn nhiều|cảm ơn rất nhiều|xin cảm ơn|cảm ơn anh|cảm ơn chị|cảm ơn bạn đã giúp đỡ',
    goodbye: 'Tạm biệt!|tạm biệt|hẹn gặp lại|chúc ngủ ngon|bái bai|chào tạm biệt|vậy thôi',
    agreement:
      'Được. Bạn cứ hỏi thêm về tài liệu.|được|được rồi|ok|okay|tôi hiểu rồi|hiểu rồi|tốt lắm|tuyệt|tuyệt vời|vâng ạ',
  },
  ja: {
    hello:
      'こんにちは。資料について何を知りたいですか。|こんにちは|こんにちわ|こんばんは|おはよう|おはようございます|やあ|どうも|はじめまして|初めまして|もしもし|お疲れ様です|お疲れさまです|元気ですか|お元気ですか|ハロー',
    thanks:
      'どういたしまして。|ありがとう|ありがとうございます|ありがとうございました|どうもありがとう|どうもありがとうございます|感謝します|助かりました|助かります|サンキュー|有難うございます',
    goodbye:
      'さようなら。|さようなら|さよなら|またね|じゃあね|ではまた|また後で|おやすみ|おやすみなさい|バイバイ|失礼します|以上です',
    agreement:
      'わかりました。ほかにも資料についてご質問ください。|わかりました|分かりました|わかった|分かった|了解|了解です|了解しました|承知しました|なるほど|オーケー|オッケー|いいですね|ok です',
  },
  ko: {
    hello:
      '안녕하세요! 문서에 대해 무엇을 알고 싶으신가요?|안녕|안녕하세요|안녕하십니까|반가워|반가워요|반갑습니다|하이|헬로|좋은 아침|좋은 아침입니다|여보세요|잘 지내|잘 지내세요',
    thanks:
      '천만에요!|고마워|고마워요|고맙습니다|감사|감사해요|감사합니다|정말 고마워|정말 고맙습니다|정말 감사합니다|대단히 감사합니다|도와주셔서 감사합니다|땡큐',
    goodbye:
      '안녕히 가세요!|안녕히 계세요|안녕히 가세요|잘 가|잘 있어|또 봐|또 봐요|나중에 봐요|다음에 봐요|바이|바이바이|잘 자|이상입니다',
    agreement:
      '알겠습니다. 문서에 대해 더 물어보세요.|알겠습니다|알겠어|알겠어요|알았어|알았어요|오케이|오키|ㅇㅋ|이해했어요|이해했습니다|좋아|좋아요|좋습니다|그렇군요',
  },
}

/** The built-in greetings. */
export const GREETINGS: GreetingTable = Object.fromEntries(
  Object.entries(SOURCE).map(([language, kinds]) => [
    language,
    Object.fromEntries(
      Object.entries(kinds).map(([kind, line]) => {
        const [reply = '', ...phrases] = line.split('|')
        return [kind, { phrases, reply }]
      }),
    ),
  ]),
)
