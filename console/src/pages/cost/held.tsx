import type { JSX } from 'preact'
import { nameOf } from '../../data/series.ts'
import { Card } from '../../parts/card.tsx'
import { LevelBar } from '../../parts/level-bar.tsx'
import { Loading } from '../../parts/states.tsx'
import { useVisible } from '../../parts/visible.ts'
import { useInstant } from '../../panels/use-instant.ts'
import { ceilingOf, type Holding } from './holdings.ts'

interface HeldProps {
  readonly title: string
  readonly description: string
  readonly holdings: readonly Holding[]
  /** Of the configuration. */
  readonly values: unknown
  readonly none?: string
}

export function Held(props: HeldProps): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const { title, description, holdings, none } = props
  return (
    <div ref={host}>
      <Card title={title} description={description}>
        {holdings.length === 0 ? (
          <p class="none">{none ?? 'Nothing.'}</p>
        ) : (
          // Another list of queries is another follower of the feed.
          <Bars key={holdings.map(({ needs }) => needs).join(' ')} {...props} isVisible={isVisible} />
        )}
      </Card>
    </div>
  )
}

function Bars({
  holdings,
  values,
  isVisible,
}: HeldProps & { readonly isVisible: ReturnType<typeof useVisible>['isVisible'] }): JSX.Element {
  const { answers, errors, isFirst } = useInstant(holdings, isVisible).value
  if (isFirst) return <Loading height={holdings.length * 60} />
  return (
    <div class="gauges">
      {holdings.flatMap((holding, i) =>
        (answers[i] ?? []).map(({ labels, value }) => (
          <LevelBar
            key={`${holding.needs} ${JSON.stringify(labels)}`}
            name={suffixed(holding.name, labels)}
            value={value ?? 0}
            ceiling={ceilingOf(holding, values)}
            unit={holding.unit}
            note={holding.cheaper}
            isRing={holding.isRing}
          />
        )),
      )}
      {errors.map((error) => (
        <p key={error} class="failure">
          {error}
        </p>
      ))}
    </div>
  )
}

/** Who it is for, where there are several. */
function suffixed(name: string, labels: Readonly<Record<string, string>>): string {
  const who = labels['sink'] ?? labels['remote'] ?? labels['peer']
  return who === undefined ? name : `${name}: ${nameOf(labels, who)}`
}
