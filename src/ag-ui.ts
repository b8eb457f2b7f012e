export { agUi } from './dialects/ag-ui/ag-ui-dialect.ts'

export type { AgUiOptions } from './dialects/ag-ui/options.ts'
export type { Dialect } from './dialects/dialect.ts'
