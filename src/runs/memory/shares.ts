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
  let total = 0

  function largest(): Set<Item> | undefined {
    let found: Set<Item> | undefined
    for (const items of itemsOf.values()) if (items.size > (found?.size ?? 0)) found = items
    return found
  }

  function crowded(items: Set<Item>): Set<Item> | undefined {
    if (items.size > maxOfScope) return items
    return total > maxTotal ? largest() : undefined
  }

  return {
    add(item) {
      const items = (itemsOf.get(item.scope) ?? new Set<Item>()).add(item)
      itemsOf.set(item.scope, items)
      total += 1
      const [oldest] = crowded(items) ?? []
      return oldest
    },
    touch(item) {
      const items = itemsOf.get(item.scope)
      if (items?.delete(item)) items.add(item)
    },
    remove(item) {
      const items = itemsOf.get(item.scope)
      if (!items?.delete(item)) return false
      total -= 1
      if (items.size === 0) itemsOf.delete(item.scope)
      return true
    },
  }
}
