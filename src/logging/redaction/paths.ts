/** Where a path may go on, and whether it ends here. */
export interface PathNode {
  ends: boolean
  readonly next: Map<string, PathNode>
  any: PathNode | undefined
}

const STEP = /(?:^|\.)([\w$-]+|\*)|\[(?:(\d+|\*)|"([^"]*)"|'([^']*)')\]/y

/** Paths as a tree; undefined when there are none. @throws RangeError for a path that is none. */
export function pathTree(paths: readonly string[]): PathNode | undefined {
  if (paths.length === 0) return undefined
  const root = node()
  for (const path of paths) {
    let at = root
    for (const step of stepsOf(path)) at = stepped(at, step)
    at.ends = true
  }
  return root
}

/** Whether a text is a path. */
export function isPath(path: string): boolean {
  return stepsIn(path) !== undefined
}

/** Where all that was reached goes on with this name; undefined when nowhere. */
export function step(reached: readonly PathNode[] | undefined, name: string): readonly PathNode[] | undefined {
  if (reached === undefined) return undefined
  let found: PathNode[] | undefined
  for (const { next, any } of reached) {
    const named = next.get(name)
    if (named !== undefined) (found ??= []).push(named)
    if (any !== undefined) (found ??= []).push(any)
  }
  return found
}

export function endsIn(reached: readonly PathNode[] | undefined): boolean {
  return reached !== undefined && reached.some(({ ends }) => ends)
}

function stepsOf(path: string): readonly string[] {
  const steps = stepsIn(path)
  if (steps !== undefined) return steps
  throw new RangeError(
    `paths: ${JSON.stringify(path)} is no path such as user.card.number, headers["x-api-key"], *.pin or items[*].pin`,
  )
}

function stepsIn(path: string): readonly string[] | undefined {
  const steps: string[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path)
    const name = match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4]
    if (name === undefined) return undefined
    steps.push(name)
  }
  return steps.length === 0 ? undefined : steps
}

function stepped(at: PathNode, step: string): PathNode {
  if (step === '*') return (at.any ??= node())
  const known = at.next.get(step)
  if (known !== undefined) return known
  const made = node()
  at.next.set(step, made)
  return made
}

function node(): PathNode {
  return { ends: false, next: new Map(), any: undefined }
}
