import type { Answer } from './committee.ts'

/**
 * Asks everyone at once and settles when all have answered, or when `need` good answers are in and `softMs` have passed.
 * Who has not answered by then is not in the map; `late` hears of its answer.
 */
export async function poll<T>(
  names: readonly string[],
  ask: (name: string) => Promise<Answer<T>>,
  options: {
    readonly need: number
    readonly softMs: number
    readonly late: (name: string, answer: Answer<T>) => void
  },
): Promise<ReadonlyMap<string, Answer<T>>> {
  const { need, softMs, late } = options
  const answers = new Map<string, Answer<T>>()
  let good = 0
  let softIsOver = false
  let settled = false
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      softIsOver = true
      settle()
    }, softMs)
    const settle = (): void => {
      if (answers.size < names.length && !(softIsOver && good >= need)) return
      settled = true
      clearTimeout(timer)
      resolve()
    }
    for (const name of names) {
      ask(name)
        .then((answer) => {
          if (settled) {
            late(name, answer)
            return
          }
          answers.set(name, answer)
          if (answer.kind === 'ok') good++
          settle()
        })
        .catch(reject)
    }
    settle()
  })
  return answers
}
