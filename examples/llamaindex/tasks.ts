const running = new Set<AbortController>()

/** An answer that is being written. */
export interface Task {
  /** Fires when the task is stopped. */
  readonly signal: AbortSignal
  /** Stops the model and everything before it. */
  stop(): void
  /** Removes the task from the running ones. */
  end(): void
}

/** Adds a task to the running ones. */
export function startTask(): Task {
  const controller = new AbortController()
  running.add(controller)
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    end: () => running.delete(controller),
  }
}

/** Returns the number of running tasks. */
export function countTasks(): number {
  return running.size
}

/** Stops all running tasks. */
export function stopTasks(): void {
  for (const controller of running) controller.abort()
}
