import type { GuessedLanguage } from '../../../core/text/guess-language.ts'
import { foldWord } from './fold-word.ts'

/**
 * Returns the words without a topic of a language: articles, pronouns, prepositions, conjunctions, auxiliary verbs and
 * question words. No list has a noun, an adjective or a number, because a question may be about it.
 */
export function stopWordsOf(code: GuessedLanguage): ReadonlySet<string> {
  const words = STOP_WORDS[code]?.split(/\s+/u) ?? []
  return new Set(words.flatMap((word) => [word, foldWord(word)]))
}

const STOP_WORDS: Readonly<Partial<Record<GuessedLanguage, string>>> = {
  de: `der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner
    ich du er sie es wir ihr mich mir dich dir ihn ihm ihnen uns euch sich man mein meine dein deine sein seine seinen
    seinem seiner seines ihre ihren ihrem ihrer ihres unser unsere dieser diese dieses diesen diesem jener jene jenes
    welcher welche welches welchen welchem wer wen wem wessen was wann wo woher wohin woran worauf wodurch womit wofür wovon
    worin wozu wie wieso weshalb warum wieviel viel viele vielen und oder aber denn doch sondern als wenn dass daß weil ob
    damit obwohl während bis bevor nachdem in im an am auf aus bei beim mit nach von vom vor zu zum zur für durch gegen ohne
    um über unter zwischen neben hinter seit wegen trotz pro je ist sind war waren wäre bin bist seid gewesen wird werden
    wurde wurden worden würde würden hat haben habe hatte hatten hätte kann können konnte konnten könnte soll sollen
    sollte muss müssen musste darf dürfen will wollen wollte mag möchte tut tun nicht nichts nur auch noch schon so sehr
    da dann dort hier ja nein etwa etwas mehr selbst wieder immer bereits bitte gibt gab geht es dabei dazu davon darauf`,
  fr: `le la les l un une des du de d au aux ce cet cette ces je j tu il elle on nous vous ils elles me m te t se s lui
    leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos qui que qu quoi dont où quel quelle quels quelles
    lequel laquelle comment quand combien pourquoi et ou mais donc or ni car si comme lorsque puisque dans en sur sous par
    pour avec sans chez vers entre depuis pendant avant après contre jusque est sont était étaient été être sera seront
    a ont avait avaient avoir ai as fait faire peut peuvent doit doivent ne n pas plus non c y très aussi même tout
    tous toute toutes ci là quelque quelques autre autres afin selon ainsi`,
  es: `el la los las lo un una unos unas de del al a en y e o u que qué quien quién quienes quiénes cual cuál cuales
    cuáles cuando cuándo donde dónde como cómo cuanto cuánto cuántos cuánta cuántas por para con sin sobre entre desde
    hasta según ante bajo contra durante se su sus mi mis tu tus le les me te nos yo tú él ella ellos ellas usted
    ustedes este esta estos estas ese esa esos esas esto eso aquel aquella es son era eran fue fueron ser sido está
    están estaba ha han había haber hay hace puede pueden debe deben no ni si sí pero porque pues más muy también ya
    tan todo todos toda todas otro otra otros otras qué`,
  it: `il lo la i gli le l un uno una di del dello della dei degli delle dell a al allo alla ai agli alle all da dal
    dallo dalla dai dagli dalle dall in nel nello nella nei negli nelle nell su sul sullo sulla sui sugli sulle sull con
    per tra fra e ed o ma se che chi cui quale quali quando dove come quanto quanti quanta quante perché cosa è sono era
    erano essere stato stata stati ha hanno aveva avere ho può possono deve devono si ci ne mi ti vi io tu lui lei noi
    voi loro suo sua suoi sue mio mia questo questa questi queste quello quella quelli quelle non più anche molto già
    tutto tutti tutta tutte altro altra altri altre c d`,
  pt: `o a os as um uma uns umas de do da dos das em no na nos nas num numa por pelo pela pelos pelas para com sem sobre
    entre até desde e ou que quem qual quais quando onde como quanto quantos quanta quantas porque porquê se seu sua
    seus suas meu minha eu tu ele ela eles elas você vocês nós me te lhe lhes este esta estes estas esse essa esses
    essas isto isso aquele aquela é são era eram foi foram ser sido está estão estava tem têm tinha ter há pode podem
    deve devem não nem mas mais muito também já ao aos à às todo todos toda todas outro outra outros outras`,
  nl: `de het een van in op aan te ten ter met voor door bij uit naar om over onder tegen tussen zonder tot sinds en of
    maar want dus als dat die dit deze wie wat waar wanneer hoe hoeveel waarom welke welk wiens ik jij je u hij zij ze
    wij we jullie hem haar hun hen mijn jouw uw zijn onze ons zich is was waren ben bent wordt worden werd werden geweest
    heeft hebben had hadden kan kunnen kon konden moet moeten mag mogen zal zullen zou zouden wil doet doen niet geen er
    ook nog al wel dan daar hier zo meer men iets niets`,
  tr: `ve veya ya da de ki mi mı mu mü bir bu şu o bunlar şunlar onlar bunu bunun buna onun onu ona onların ben sen biz siz
    benim senin bizim sizin kendi kendisi ne neden nedir neler nelerdir nasıl niçin niye kim kimin kime kimi kimdir
    kimler hangi hangisi hangileri kaç kaçta kaçıncı nerede nerededir nereye nereden neresi neresidir için ile ise ama
    fakat ancak çünkü gibi kadar göre sonra önce beri dolayı rağmen her hiç bazı bütün tüm çok daha en pek olarak olan
    olduğu olup oldu olmuştur olur olması oldu idi imiş değil var yok vardır etti eder etmek edilir edildi yapılır şey
    ait diye bile artık zaman misiniz mısınız mısın misin`,
  pl: `w we i z ze na do od po przy przez dla o u za nad pod przed między bez się nie to ten ta te ci tego tej tych tym
    temu tę tą jest są był była było byli były być będzie a ale lub albo oraz czy że żeby jak jaki jaka jakie jakim
    jakiej jakich co kto kogo komu kim czym czego kiedy gdzie skąd dlaczego ile który która które którzy którym której
    których ja ty on ona ono my wy oni one go mu jej ich im mnie mi cię ci nas nam was wam mój twój swój jego może można
    już też także tylko bardzo więc gdy jeśli ponieważ`,
  sv: `en ett den det de dem att och eller men i på av för med till från om vid hos över under mellan efter före utan
    genom mot är var vara varit blev bli blir har hade ha kan kunde ska skall skulle måste får inte ej som vad vem vems
    vilken vilket vilka när hur varför vart därför jag du han hon vi ni mig dig sig oss er min din sin hans hennes
    deras dess denna detta dessa där här så också mycket många man`,
  ro: `un o unei unui al a ai ale cel cea cei cele de din la în pe cu pentru prin până după fără între sub peste și sau
    dar ci că să dacă când unde cum ce cine care cui cât câți câte câtă cărui cărei cărora este e sunt era erau fost fi
    au are am aș ar avea poate pot trebuie nu mai foarte se își îi îl le lui ei lor eu tu el ea noi voi acest această
    aceste acești acel acea acestea aceasta său sa săi sale`,
  vi: `và là của có được trong cho một các những với không gì ai này kia đó khi nào bao nhiêu tại sao thế ở đâu như từ đến
    đã đang sẽ bị bởi về ra vào lên trên dưới thì mà nhưng hoặc hay rất cũng còn nếu vì để ông bà nó họ tôi bạn chúng ta
    mấy gồm do theo cùng`,
  id: `yang dan di ke dari pada untuk dengan dalam oleh adalah ialah ini itu apa apakah siapa siapakah kapan mana manakah
    bagaimana mengapa kenapa berapa berapakah tidak bukan atau tetapi tapi jika bila karena agar saya aku kamu anda dia
    ia kami kita mereka nya juga akan telah sudah sedang bisa dapat harus para sebuah seorang sebagai seperti antara
    oleh maka lebih sangat`,
  ar: `في من إلى الى على عن مع بين بعد قبل عند منذ حتى خلال حول ضد دون تحت فوق أمام و أو او ثم لكن بل لأن ان أن إن إذا اذا
    لو كما ما ماذا لماذا من متى أين اين كيف كم هل أي اي أية ايه هو هي هم هن هما أنا انا أنت انت نحن هذا هذه ذلك تلك هؤلاء
    الذي التي الذين اللذان اللاتي كان كانت كانوا يكون تكون ليس ليست لا لم لن قد لقد كل بعض غير له لها لهم به بها فيه فيها
    منه منها عليه عليها إليه ذات أيضا ايضا سوف تم يتم التى اسم مما بما لما عما فيما`,
  el: `ο η το οι τα του της των τον την τη ένας μια ένα και ή αλλά όμως αν ότι πως που ποιος ποια ποιο ποιοι ποιες ποιον
    τι πότε πού πώς πόσο πόσοι πόσα πόσες γιατί σε στο στη στην στον στους στις στα από με για ως μέχρι προς κατά μετά
    πριν χωρίς μεταξύ είναι ήταν έχει έχουν είχε να θα δεν μη μην αυτό αυτός αυτή αυτά αυτές αυτοί μου σου μας σας τους
    όπως όταν ήδη πολύ πιο`,
  ru: `и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её мне было вот от меня
    о об из ему для при это этот эта эти этого этой этих тот та те того кто чем когда где куда откуда почему зачем
    сколько какой какая какое какие каким какого каких какую который которая которое которые которого которых ли или
    если чтобы быть был была были есть будет мы они их им ним него нее неё под над между через после до без про
    также уже очень более ещё еще можно свой своя свои своего себя`,
  he: `של את על אל עם אם כי או גם לא כן זה זו זאת אלה הוא היא הם הן אני אתה אתם אנחנו מה מי מתי איפה היכן איך כיצד למה מדוע
    כמה איזה איזו אילו אשר בין אחרי לפני תחת עד כל יש אין היה הייתה היו להיות כאשר רק מאוד`,
  hi: `का के की को में से पर और या है हैं था थी थे हो हुआ हुई हुए होता होती होते ने यह ये वह वे इस उस इन उन इसके उसके जो जिस जिसे
    क्या कौन किस किसे किसने किसका कब कहाँ कहां कैसे क्यों कितना कितने कितनी कौनसा तक भी ही तो नहीं न एक लिए साथ द्वारा कर करने
    किया करता गया गई गए अपने अपनी बाद पहले मैं हम आप तुम`,
}
