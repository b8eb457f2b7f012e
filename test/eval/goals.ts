import type { Figures } from './measure.ts'

/** The goals of the figures: below `good` is a defect, below `excellent` needs work. */
export interface Goal {
  readonly good: number
  readonly excellent: number
}

/** Goals by set. They are in-sample: the weights were chosen with these questions. */
export const GOALS: Readonly<Record<string, Readonly<Partial<Record<keyof Figures, Goal>>>>> = {
  'XQuAD en': {
    recallAt1: { good: 0.935, excellent: 0.945 },
    firstCited: { good: 0.935, excellent: 0.945 },
    answered: { good: 0.865, excellent: 0.89 },
  },
  'XQuAD zh': {
    recallAt1: { good: 0.925, excellent: 0.935 },
    firstCited: { good: 0.92, excellent: 0.93 },
    answered: { good: 0.84, excellent: 0.87 },
  },
  'XQuAD de': {
    recallAt1: { good: 0.93, excellent: 0.945 },
    firstCited: { good: 0.91, excellent: 0.93 },
  },
  'XQuAD ar': {
    recallAt1: { good: 0.88, excellent: 0.91 },
    firstCited: { good: 0.84, excellent: 0.88 },
  },
  'XQuAD tr': {
    recallAt1: { good: 0.87, excellent: 0.9 },
    firstCited: { good: 0.82, excellent: 0.86 },
  },
}
