/**
 * Words without a topic of English, Chinese, Japanese and Korean, in lower case and without possessives. Every text and query
 * drops them, unless it is in a language with stop words of its own.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the this that these those
  i me my mine myself we our ours ourselves you your yours yourself he him his himself she her hers herself
  it its itself they them their theirs themselves one ones
  am is are was were be been being isn't aren't wasn't weren't i'm you're we're they're it's he's she's that's there's
  do does did doing done don't doesn't didn't have has had having haven't hasn't hadn't
  can could might must shall should will would can't cannot couldn't shouldn't won't wouldn't
  who whom whose what which when where why how what's who's where's how's
  and or but nor if then than so because as while until although though whether either neither both
  of in on at by for with from to into onto upon about against between among through during before after above below
  up down out off over under within without along across toward towards via per
  again further once here there also too very just only even such same other another some any all each every
  few more most much many no not own still yet
  let please tell give
  的 了 着 过 地 得 之 所 们 个 是 为 在 有 和 与 及 或 而 且 但 但是 并 并且 以及 也 都 就 还 又 才 只 很 更 最
  把 被 让 给 对 对于 关于 从 向 到 由 于 以 用 按 因 因为 所以 如果 虽然 然后 那么 这 那 这个 那个 这些 那些 这里 那里
  其 其中 他 她 它 他们 她们 它们 我 我们 你 您 你们 自己 此 该 每 各 某
  什么 谁 哪 哪个 哪些 哪里 哪儿 哪种 何 何时 何处 怎么 怎样 怎么样 如何 为什么 为何 多少 几 几个 时候 吗 呢 吧 啊 呀 嘛
  会 能 能够 可以 可 应 应该 将 要 上 中 下 里 等 请 请问 一个 一种 一些 没有 不 不是 就是 还是 以下 之间
  の は が を に へ と で も や か ね よ な ば ら れ て た だ です ます でした ました ません でしょ でしょう ない なく なかっ する し した
  して せ さ され いる い ある あり おる れる られる せる させる こと もの とき ため よう そう これ それ あれ この その あの どの どれ どこ
  いつ だれ なに なん なぜ どう どんな どのよう どうして いくつ いくら また および または そして しかし ので のに から まで より ながら たら
  なら について として による により において という といった くださ ください 何 誰 場合 際 ため
  무엇 무엇인가요 무엇입니까 뭐 뭔가요 언제 언제까지 언제부터 언제인가요 어디 어디서 어디에 어디에서 어디로 어디인가요 누구 누가 누구인가요 왜 어떻게
  어떤 어느 몇 얼마 얼마나 얼마인가요 무슨 그 이 저 및 또는 그리고 그러나 하지만 수 것 것은 것이 것을 등 때 있다 있는 있습니다 있나요 있을 있으며
  없다 없는 없습니다 없나요 합니까 합니다 하나요 한다 하는 해야 됩니까 됩니다 되나요 입니다 위해 위한 대한 대해 대하여 따라 통해 인가요 경우`.split(
    /\s+/u,
  ),
)

/**
 * Words that say little about the topic of a question: what somebody wants to do with it. A text is not about them, but it
 * may be found by them.
 */
export const WEAK_WORDS: ReadonlySet<string> = new Set(
  `use uses used using work works working support supports supported handle handles handled get gets got make makes made
  need needs needed want wants know knows help helps happen happens mean means say says go goes take takes keep keeps
  already possible able necessary explain explains clarify describe summarize summary detail details info information
  provide guide mention mentioned define definition best way ways thing things kind kinds type types
  用 使用 支持 需要 工作 知道 想 想要 办 做 怎么办 处理 发生 得到 方法 方式 办法 意思 有没有 是否 可不可以 能不能 怎
  必要 可能 方法 使う 使い 使用 利用 知る 知り 教え でき できる 行う 行い 思う 思い 言う 言い
  필요 가능 방법 사용 이용 알려 싶다 싶은데 싶어요 싶습니다 있는지 되는지 하는지 제가 저희 우리 혹시`.split(/\s+/u),
)
