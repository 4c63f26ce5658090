/** Express 4 under its alias: for what the tests use of it, the types of 5 hold. */
declare module 'express4' {
  import express from 'express'
  export default express
}
