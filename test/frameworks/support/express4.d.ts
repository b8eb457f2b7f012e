declare module 'express4' {
  // What the tests use of it is the same in both.
  export { default } from 'express'
}
