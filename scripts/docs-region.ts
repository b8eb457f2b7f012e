/** Replaces the region of a page between `<!-- name: … -->` and `<!-- /name -->`. Throws if the page has no such region. */
export function replaceRegion(page: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- ${name}: [^>]* -->\n)[^]*?(\n<!-- /${name} -->)`, 'u')
  if (!pattern.test(page)) throw new Error(`Cannot find the region ${name} in the page`)
  return page.replace(pattern, (_region, start: string, end: string) => `${start}\n${content.trim()}\n${end}`)
}
