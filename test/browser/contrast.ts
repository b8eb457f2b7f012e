import type { Page } from 'playwright-core'

/** The contrast between a text and its background. */
export interface Contrast {
  readonly selector: string
  readonly ratio: number
}

/**
 * The contrast ratio (WCAG 2.2, "contrast ratio" and "relative luminance") of the first element of each selector, by
 * its computed colours. The colours must be opaque.
 */
export function contrasts(page: Page, selectors: readonly string[]): Promise<readonly Contrast[]> {
  return page.evaluate((list) => {
    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number)
    const luminance = (color: string) => {
      const [red = 0, green = 0, blue = 0] = channels(color)
        .slice(0, 3)
        .map((channel) => channel / 255)
        .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    const background = (element: Element | null): string => {
      if (!element) return 'rgb(255, 255, 255)'
      const color = getComputedStyle(element).backgroundColor
      return (channels(color)[3] ?? 1) === 0 ? background(element.parentElement) : color
    }
    return list.map((selector) => {
      const [path = '', pseudo] = selector.split('::')
      const element = document.querySelector(path)
      if (!element) throw new Error(`The page has no ${path}`)
      const text = luminance(getComputedStyle(element, pseudo ? `::${pseudo}` : null).color)
      const behind = luminance(background(element))
      const ratio = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05)
      return { selector, ratio }
    })
  }, selectors)
}
