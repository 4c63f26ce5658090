import type { OutgoingAlert, PostedAlert } from '../../alerting/index.ts'

/** An alert of a service's own rules as it is posted: it ends when nothing more is heard of it. */
export function postedAlert({ labels, annotations, startsAt, endsAt }: OutgoingAlert): PostedAlert {
  return { labels, annotations, startsAt, endsAt }
}
