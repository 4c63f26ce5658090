/** What node does with a rejection that nobody handles: `--unhandled-rejections`, or NODE_OPTIONS. */
export type RejectionMode = 'throw' | 'strict' | 'warn' | 'none' | 'warn-with-error-code'

const OPTION = '--unhandled-rejections'
const MODES: readonly RejectionMode[] = ['throw', 'strict', 'warn', 'none', 'warn-with-error-code']

/** The last one stated, the command line after the variable, as node reads them. */
export function rejectionMode(execArgv: readonly string[], nodeOptions: string | undefined): RejectionMode {
  const words = [...(nodeOptions ?? '').split(/\s+/), ...execArgv]
  const stated = words.flatMap((word, i) =>
    word === OPTION ? [words[i + 1]] : word.startsWith(`${OPTION}=`) ? [word.slice(OPTION.length + 1)] : [],
  )
  return MODES.findLast((mode) => mode === stated.at(-1)) ?? 'throw'
}
