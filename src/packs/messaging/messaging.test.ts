import { expect, it } from 'vitest'
import { Registry } from '../../metrics/index.ts'
import { MessagingMetrics } from '../index.ts'

async function read(registry: Registry): Promise<Record<string, number>> {
  const said = (await registry.collect()).flatMap((family) =>
    family.series.map((series) => {
      const labels = Object.values(series.labels).join(' ')
      const value = 'value' in series ? series.value : 'sum' in series ? series.sum : NaN
      return [`${family.name} ${labels}`, value] as const
    }),
  )
  return Object.fromEntries(said)
}

it('counts and times messages by system, destination, group and error', async () => {
  const registry = new Registry()
  const metrics = new MessagingMetrics(registry)
  const films = { system: 'kafka', destination: 'films', count: 3, durationMs: 500 }
  metrics.sent(films)
  metrics.sent({ ...films, durationMs: NaN, errorType: 'Full' })
  metrics.processed({ ...films, group: 'g', waitsMs: [1000, 2000, -1] })
  metrics.processed({ ...films, system: 'bullmq', waitsMs: [], errorType: 'Error' })
  metrics.batch({ system: 'kafka', destination: 'films', group: 'g', durationMs: 1500 })
  expect(await read(registry)).toEqual({
    'messaging_client_sent_messages_total kafka films send ': 3,
    'messaging_client_sent_messages_total kafka films send Full': 3,
    'messaging_client_operation_duration_seconds kafka films send ': 0.5,
    'messaging_client_consumed_messages_total kafka films g process ': 3,
    'messaging_client_consumed_messages_total bullmq films  process Error': 3,
    'messaging_process_duration_seconds kafka films g process ': 0.5,
    'messaging_process_duration_seconds bullmq films  process Error': 0.5,
    'messaging_message_wait_seconds kafka films g': 3,
    'messaging_batch_duration_seconds kafka films g': 1.5,
  })
  expect(metrics.stats.badDurations).toBe(2)
})

it('what is not known any more is absent', async () => {
  const registry = new Registry()
  const metrics = new MessagingMetrics(registry)
  const queue = { system: 'bullmq', destination: 'films' }
  const partition = { system: 'kafka', destination: 'films', group: 'g', partition: 1 }
  metrics.depth({ ...queue, jobs: { waiting: 2, active: 1 } })
  metrics.depth({ ...queue, jobs: { active: 3 } })
  metrics.lag(partition, 7)
  metrics.lag({ ...partition, partition: 2 }, 0)
  expect(await read(registry)).toEqual({
    'messaging_queue_jobs bullmq films active': 3,
    'messaging_consumer_lag kafka films g 1': 7,
    'messaging_consumer_lag kafka films g 2': 0,
  })
  metrics.depth({ ...queue, jobs: {} })
  metrics.lag(partition, undefined)
  expect(await read(registry)).toEqual({ 'messaging_consumer_lag kafka films g 2': 0 })
})
