import { needPeer } from './peer.ts'
import { ServerProcess } from './server-process.ts'

export interface KafkaBroker {
  readonly address: string
  /** What librdkafka's own consumer has seen of the topic: one line a message, `partition offset headers value`. */
  seen(messages: number): Promise<readonly string[]>
  stop(): Promise<unknown>
}

/**
 * A broker that speaks Kafka's own protocol: the one that librdkafka has within itself for its tests (four partitions a topic,
 * groups of consumers, nothing on disk), in a kcat that at once reads the topic.
 */
export async function startKafka(topic: string, skip: (reason: string) => never): Promise<KafkaBroker> {
  const program = needPeer('kcat', skip)
  const broker = ['-b', 'replaced', '-X', 'test.mock.num.brokers=1', '-d', 'mock']
  const server = new ServerProcess(program, ['-C', '-u', '-t', topic, ...broker, '-f', 'SEEN %p %o %h %s\\n'])
  const [, address = ''] = await server.printed(/bootstrap\.servers=([\d.:]+)/, 10_000)
  return {
    address,
    seen: async (messages) => {
      await server.printed(new RegExp(`(^SEEN .*$[^]*?){${messages}}`, 'm'), 20_000)
      return Array.from(server.output.matchAll(/^SEEN (.*)$/gm), ([, line = '']) => line).toSorted()
    },
    stop: () => server.stop(),
  }
}
