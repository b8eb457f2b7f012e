import { createBySize } from '../../core/options/by-size.ts'

/** Items of several scopes with LRU eviction. A scope with many items cannot evict those of another scope. */
export interface Shares<Item> {
  /** Adds an item as the most recently used; returns the item to evict if a limit is exceeded. */
  add(item: Item): Item | undefined
  /** Makes an item the most recently used. */
  touch(item: Item): void
  /** Removes an item; returns false if it was not there. */
  remove(item: Item): boolean
}

/** Maximum numbers of items. */
export interface SharesOptions {
  /** Maximum number of items in one scope. */
  readonly maxOfScope: number
  /** Maximum number of items in total. */
  readonly maxTotal: number
}

/** Creates empty shares. Above `maxTotal`, the scope with the most items loses its least recently used one. */
export function createShares<Item extends { readonly scope: string }>(options: SharesOptions): Shares<Item> {
  const { maxOfScope, maxTotal } = options
  // Within a scope, the least recently used item comes first.
  const itemsOf = new Map<string, Set<Item>>()
  const bySize = createBySize<Set<Item>>()
  let total = 0

  function crowded(items: Set<Item>): Set<Item> | undefined {
    if (items.size > maxOfScope) return items
    const [largest] = total > maxTotal ? bySize.largestFirst() : []
    return largest
  }

  return {
    add(item) {
      const items = (itemsOf.get(item.scope) ?? new Set<Item>()).add(item)
      itemsOf.set(item.scope, items)
      bySize.set(items, items.size)
      total += 1
      const [oldest] = crowded(items) ?? []
      return oldest
    },
    touch(item) {
      const items = itemsOf.get(item.scope)
      if (!items?.delete(item)) return
      items.add(item)
      bySize.set(items, items.size)
    },
    remove(item) {
      const items = itemsOf.get(item.scope)
      if (!items?.delete(item)) return false
      bySize.set(items, items.size)
      total -= 1
      if (items.size === 0) itemsOf.delete(item.scope)
      return true
    },
  }
}
