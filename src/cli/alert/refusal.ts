import { BoxmanError } from '../../runtime/index.ts'
import { safe } from '../query/safe.ts'

/** What a command cannot be done for, a line each. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

/** What is refused goes to standard error, with exit code 1. */
export async function refusing(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof BoxmanError)) throw error
    process.stderr.write(`${safe(error.message)}\n`)
    process.exitCode = 1
  }
}
