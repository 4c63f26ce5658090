export type { Modules } from './cast.ts'
export { runLauncher } from './run.ts'
