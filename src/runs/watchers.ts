import { callHook } from '../core/observe/call-hook.ts'
import type { RunChange } from './run-store.ts'

type OnChange = (change: RunChange) => void

/** The watchers of runs, by the key of the run. */
export interface Watchers {
  /** Adds a watcher; returns the function that removes it. */
  watch(key: string, onChange: OnChange): () => void
  /** Calls all watchers of `key`. If one throws, the others are still called. */
  notify(key: string, change: RunChange): void
}

/** Creates an empty list of watchers. */
export function createWatchers(): Watchers {
  const watchers = new Map<string, Set<{ readonly onChange: OnChange }>>()

  return {
    watch(key, onChange) {
      // A new object, because the same function may watch twice.
      const watcher = { onChange }
      const ofKey = watchers.get(key) ?? new Set()
      watchers.set(key, ofKey.add(watcher))
      return () => {
        if (ofKey.delete(watcher) && ofKey.size === 0) watchers.delete(key)
      }
    },
    notify(key, change) {
      const ofKey = watchers.get(key)
      // A copy, because a watcher may add watchers when it is called.
      if (ofKey) for (const { onChange } of Array.from(ofKey)) callHook(onChange, change)
    },
  }
}
