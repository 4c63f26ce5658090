import { closeSync, mkdirSync, openSync } from 'node:fs'
import path from 'node:path'
import type { Role } from './cast.ts'
import { Child, type Ending, type Fields } from './child.ts'

export interface CrewOptions {
  /** Where the children's output goes, a file each. */
  readonly logs: string | undefined
  readonly onMessage: (child: Child, message: Fields) => void
  /** Not called for those who were told to leave. */
  readonly onDeath: (child: Child, ending: Ending) => void
  /** Someone who leaves otherwise than told to: killed after the deadline, or with an error. */
  readonly onBadLeave: (child: Child, how: 'left' | 'killed', ending: Ending) => void
}

/** The processes of the demo: started, watched, and none left behind. */
export class Crew {
  readonly #options: CrewOptions
  readonly #children: Child[] = []
  readonly #leaving = new Set<Child>()

  constructor(options: CrewOptions) {
    this.#options = options
  }

  get pids(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#children.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid]])))
  }

  /** @throws the system's error when its log file cannot be written. */
  start({ name, env }: Role, module: URL): Child {
    const { logs, onMessage, onDeath } = this.#options
    if (logs !== undefined) mkdirSync(logs, { recursive: true })
    const log = logs === undefined ? undefined : openSync(path.join(logs, `${name}.log`), 'w')
    const child: Child = new Child({ name, module, env, log, onMessage: (message) => onMessage(child, message) })
    this.#children.push(child)
    void child.ended.then((ending) => {
      if (log !== undefined) closeSync(log)
      if (!this.#leaving.has(child)) onDeath(child, ending)
    })
    return child
  }

  alive(among: readonly Child[]): number {
    return among.filter((child) => child.ending === undefined).length
  }

  /** Tells them to leave, all at once, and settles when they have. */
  async dismiss(children: readonly Child[], deadlineMs: number): Promise<void> {
    await Promise.all(
      children.map(async (child) => {
        if (child.ending !== undefined) return
        this.#leaving.add(child)
        const how = await child.stop(deadlineMs)
        const ending = await child.ended
        if (how === 'killed' || (ending.code ?? 0) !== 0) this.#options.onBadLeave(child, how, ending)
      }),
    )
  }

  kill(): void {
    for (const child of this.#children) {
      this.#leaving.add(child)
      child.kill()
    }
  }
}
