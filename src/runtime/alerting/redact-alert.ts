import type { PostedAlert } from '../../alerting/index.ts'
import { LabelSet } from '../../series/index.ts'

type Pairs = Iterable<readonly [string, string]>

/** What may be kept and told of an alert. Its identity are its labels: the same secret becomes the same text. */
export function redactAlert(alert: PostedAlert, redact: (text: string) => string): PostedAlert {
  const { labels, annotations, generatorURL } = alert
  return {
    ...alert,
    labels: redacted(labels, redact, (pairs) => LabelSet.of(pairs)),
    annotations: redacted(annotations, redact, (pairs) => LabelSet.keepingEmpty(pairs)),
    ...(generatorURL === undefined ? {} : { generatorURL: redact(generatorURL) }),
  }
}

function redacted(labels: LabelSet, redact: (text: string) => string, make: (pairs: Pairs) => LabelSet): LabelSet {
  const pairs = [...labels]
  const safe = pairs.map(([name, value]) => [name, redact(value)] as const)
  return safe.every(([, value], i) => value === pairs[i]?.[1]) ? labels : make(safe)
}
