import { callHook } from '../core/observe/hooks.ts'
import type { RunChange } from './run-store.ts'

type OnChange = (change: RunChange) => void

/** Who watches which run, by its key. */
export interface Watchers {
  /** Returns the function that ends the watch. */
  watch(key: string, onChange: OnChange): () => void
  /** Calls everybody who watches `key`. A watcher that throws takes nobody down with it. */
  tell(key: string, change: RunChange): void
}

/** Creates an empty list of watchers. */
export function createWatchers(): Watchers {
  const watchers = new Map<string, Set<{ readonly onChange: OnChange }>>()

  return {
    watch(key, onChange) {
      // An object of its own, because the same function may watch twice.
      const watcher = { onChange }
      const ofKey = watchers.get(key) ?? new Set()
      watchers.set(key, ofKey.add(watcher))
      return () => {
        if (ofKey.delete(watcher) && ofKey.size === 0) watchers.delete(key)
      }
    },
    tell(key, change) {
      const ofKey = watchers.get(key)
      // A copy, because whoever is told may watch again.
      if (ofKey) for (const { onChange } of Array.from(ofKey)) callHook(onChange, change)
    },
  }
}
