import { generateKeys } from '../consensus/index.ts'
import { Board } from './board.ts'
import type { Modules } from './cast.ts'
import { Demo } from './demo.ts'
import { Interrupts } from './interrupts.ts'
import { readOptions, USAGE } from './options.ts'

const INTERRUPTED = 130
const MISUSED = 2

/** The launcher as a command: its terminal, its signals, its exit code. */
export async function runLauncher(args: readonly string[], modules: Modules): Promise<number> {
  const reading = readOptions(args)
  switch (reading.kind) {
    case 'help':
      process.stdout.write(USAGE)
      return 0
    case 'wrong':
      process.stderr.write(`${reading.problem}\n\n${USAGE}`)
      return MISUSED
    case 'run':
  }
  const { stdout } = process
  const board = new Board({
    isTTY: stdout.isTTY,
    get columns() {
      return stdout.columns
    },
    write: (text) => stdout.write(text),
  })
  const demo = new Demo({ options: reading.options, modules, board, generateKeys })
  const interrupts = new Interrupts()
  process.on('SIGINT', () => {
    switch (interrupts.press(performance.now())) {
      case 'stop':
        return demo.stop()
      case 'echo':
        return
      case 'kill':
        demo.kill()
        process.exit(INTERRUPTED)
    }
  })
  process.on('SIGTERM', () => demo.stop())
  process.on('SIGHUP', () => demo.stop())
  // Nobody reads any more.
  stdout.on('error', () => demo.stop())
  return demo.run()
}
