/** Returns the number of a month in one of many languages, by its name or the first letters of a name. */
export function monthIn(word: string, { isCapital }: { readonly isCapital: boolean }): number | undefined {
  if (word.length < 3) return undefined
  names ??= collectNames()
  const month = names.get(word)
  // In English and German, only a word with a capital is a month: "may", "march".
  return month !== undefined && (isCapital || !month.needsCapital) ? month.number : undefined
}

/** Returns true if only a number next to the word tells that it is a month, as in "15 mars". */
export function needsNumber(word: string): boolean {
  names ??= collectNames()
  return names.get(word)?.needsCapital === false
}

interface Month {
  readonly number: number
  readonly needsCapital: boolean
}

// Collecting takes some milliseconds, so it waits for the first word that could be one.
let names: Map<string, Month> | undefined

function collectNames(): Map<string, Month> {
  const collected = new Map<string, Month>()
  const days = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2001, month, 15)))
  for (const language of [
    'en',
    'de',
    'fr',
    'es',
    'it',
    'pt',
    'nl',
    'tr',
    'pl',
    'sv',
    'ro',
    'id',
    'ru',
    'el',
    'ar',
    'he',
    'hi',
  ]) {
    const format = new Intl.DateTimeFormat(language, {
      month: 'long',
      day: 'numeric',
      timeZone: 'UTC',
      calendar: 'gregory',
    })
    const needsCapital = language === 'en' || language === 'de'
    for (const [index, day] of days.entries()) {
      const name =
        format
          .formatToParts(day)
          .find(({ type }) => type === 'month')
          ?.value.toLowerCase() ?? ''
      for (const form of needsCapital ? [name, name.slice(0, 3), name.slice(0, 4)] : [name]) {
        if (form.length >= 3 && !collected.has(form)) collected.set(form, { number: index + 1, needsCapital })
      }
    }
  }
  return collected
}
