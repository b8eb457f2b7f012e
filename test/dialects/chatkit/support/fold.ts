import { expect } from 'vitest'
import type { Item, StreamEvent } from './wire.ts'

type Answer = Extract<Item, { readonly type: 'assistant_message' }>

/**
 * Folds a stream to the items that a reader sees, as OpenAI's own server tracks them. Checks that the finished answer is the
 * one that the updates have built.
 */
export function foldItems(events: readonly StreamEvent[], before: readonly Item[] = []): readonly Item[] {
  const items = new Map(before.map((item) => [item.id, item]))
  for (const event of events) {
    switch (event.type) {
      case 'thread.item.added':
        items.set(event.item.id, event.item)
        break
      case 'thread.item.updated':
        items.set(event.item_id, updated(items.get(event.item_id), event.update))
        break
      case 'thread.item.done':
        if (event.item.type === 'assistant_message') expect(items.get(event.item.id)).toEqual(event.item)
        items.set(event.item.id, event.item)
        break
      case 'thread.item.removed':
        expect(items.delete(event.item_id), `${event.item_id} was there`).toBe(true)
        break
      default:
        break
    }
  }
  return [...items.values()]
}

type Update = Extract<StreamEvent, { readonly type: 'thread.item.updated' }>['update']

function updated(item: Item | undefined, update: Update): Answer {
  if (item?.type !== 'assistant_message') expect.fail('The item that is updated is not an answer')
  const [part] = item.content
  switch (update.type) {
    case 'assistant_message.content_part.added':
      expect(part).toBeUndefined()
      return { ...item, content: [update.content] }
    case 'assistant_message.content_part.text_delta':
      if (!part) expect.fail('There is no part to add text to')
      return { ...item, content: [{ ...part, text: part.text + update.delta }] }
    case 'assistant_message.content_part.annotation_added':
      if (!part) expect.fail('There is no part to add an annotation to')
      expect(update.annotation_index).toBe(part.annotations.length)
      expect(update.annotation.index).toBeLessThanOrEqual(part.text.length)
      return { ...item, content: [{ ...part, annotations: [...part.annotations, update.annotation] }] }
    case 'assistant_message.content_part.done':
      expect(update.content).toEqual(part)
      return item
  }
}
