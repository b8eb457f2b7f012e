/** What a turn is busy with before and while it answers. */
export type Phase = 'condensing' | 'retrieving' | 'reranking' | 'generating'
