import type { JSX } from 'preact'

const [WIDTH, HEIGHT] = [120, 28]

/** The course of some values, without axes: whether they rise or fall. */
export function Spark({ values }: { readonly values: readonly (number | null)[] }): JSX.Element | null {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return null
  const [least, most] = [Math.min(0, ...known), Math.max(...known)]
  const height = most > least ? most - least : 1
  let pen = 'M'
  const path = values
    .map((value, i) => {
      if (value === null) {
        pen = 'M'
        return ''
      }
      const x = (i / Math.max(1, values.length - 1)) * WIDTH
      const y = HEIGHT - 2 - ((value - least) / height) * (HEIGHT - 4)
      const step = `${pen}${x.toFixed(1)} ${y.toFixed(1)}`
      pen = 'L'
      return step
    })
    .join('')
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}
