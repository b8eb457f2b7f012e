/**
 * Returns a Korean word without its particle or verb ending, which follow without a blank. At least two syllables stay.
 * Some words only seem to have one, such as 고양이 (cat): the index has such a word whole, too.
 */
export function withoutParticle(word: string): string {
  for (let length = Math.min(LONGEST, word.length - LEAST_STEM); length > 0; length--) {
    if (PARTICLES.has(word.slice(-length))) return word.slice(0, -length)
  }
  return word
}

const LEAST_STEM = 2
const LONGEST = 5

const PARTICLES: ReadonlySet<string> = new Set(
  `은 는 이 가 을 를 의 에 로 와 과 도 만 나 야 서 께 랑 며 고 면 한 할 된 될 인 일 함 됨 임
  에서 에게 으로 까지 부터 보다 처럼 만큼 마다 조차 밖에 이나 이며 이고 이란 이라 라고 에는 에도 로는 와는 과는 이는 들은 들이 들을
  들의 하는 하고 하면 해야 해서 하여 하며 하기 했다 한다 하다 되는 되고 되면 되어 돼야 되며 됐다 된다 되다 이다 였다 인가 인지 할지 하게
  에서는 에서도 에게는 으로는 으로도 까지는 부터는 이라고 하려면 하려고 하거나 하지만 하도록 되려면 되거나 되지만 되도록 합니다 됩니다
  입니다 합니까 됩니까 입니까 하나요 되나요 인가요 할까요 했나요 됐나요 나요 까요 해요 돼요 예요 이에요 습니다 습니까 세요 하세요 으세요
  했습니다 됐습니다 되었습니다 하였습니다 하십시오 하시오 이었다 되었다 하였다 으면 려면 으려면 어야 아야 어서 아서`.split(
    /\s+/u,
  ),
)
