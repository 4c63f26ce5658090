import { failExecution } from './fault.ts'

/** A label's name that a query makes up: any text but the empty one. */
export function labelName(name: string): string {
  return name !== '' && name.isWellFormed() ? name : failExecution(`invalid label name ${JSON.stringify(name)}`)
}
