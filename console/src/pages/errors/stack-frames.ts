export type FrameOwner = 'own' | 'library' | 'runtime'

export interface StackFrame {
  /** As it stands in the stack, without the indentation. */
  readonly text: string
  readonly owner: FrameOwner
  /** The function, and where it is. Undefined where that cannot be told. */
  readonly call?: string
  readonly place?: string
}

const FRAME = /^\s*at (?:(.+?) \((.*)\)|(.+))$/
const RUNTIME = /^(?:node:|internal\/|native$|<anonymous>$|evalmachine)/
const LIBRARY = /[\\/]node_modules[\\/]/

/** The frames of a stack, told by whose code they are of; what comes before the first one is the message. */
export function framesOf(stack: readonly string[]): readonly StackFrame[] {
  return stack.flatMap((line) => {
    const found = FRAME.exec(line)
    if (found === null) return []
    const [, call, inside, alone = ''] = found
    const place = inside ?? alone
    return [
      { text: line.trim(), owner: ownerOf(place), ...(call === undefined ? {} : { call }), place: shortened(place) },
    ]
  })
}

function ownerOf(place: string): FrameOwner {
  if (RUNTIME.test(place)) return 'runtime'
  return LIBRARY.test(place) ? 'library' : 'own'
}

/** Of a library, from its name on; of a file, its path. */
function shortened(place: string): string {
  const library = place.lastIndexOf('node_modules/')
  if (library >= 0) return place.slice(library + 'node_modules/'.length)
  return place.replace(/^file:\/\//, '')
}
