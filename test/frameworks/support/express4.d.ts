declare module 'express4' {
  // The part used by the tests is the same in both.
  export { default } from 'express'
}
