import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ConfigInput, createBoxman, resolveConfig } from '../index.ts'

const ACCOUNT = 'var/run/secrets/kubernetes.io/serviceaccount/namespace'

function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'boxman-pod-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  return root
}

const HOST = { KUBERNETES_SERVICE_HOST: '10.0.0.1' }
const NAMED = { POD_NAME: 'wallet-0', POD_NAMESPACE: 'casino', NODE_NAME: 'n1', POD_UID: 'uid-99' }
const LABELS_FILE = 'app="wallet"\ntopology.kubernetes.io/zone="eu-1a"\n'

describe('O16: what Kubernetes tells', () => {
  it.each<
    [
      string,
      Record<string, string>,
      Record<string, string>,
      ConfigInput,
      Record<string, string>,
      Record<string, string>,
    ]
  >([
    ['nothing outside of a pod', { ...NAMED, HOSTNAME: 'laptop' }, {}, {}, {}, {}],
    ['nothing of a host that is no pod', { HOSTNAME: 'laptop' }, {}, { kubernetes: { labels: 'on' } }, {}, {}],
    [
      'variables, but no uid as a label',
      { ...HOST, ...NAMED },
      {},
      {},
      { pod: 'wallet-0', namespace: 'casino', node: 'n1' },
      { pod: 'environment POD_NAME', uid: 'environment POD_UID' },
    ],
    [
      'a pod without any of it',
      { HOSTNAME: 'wallet-7f9' },
      { [ACCOUNT]: 'casino\n' },
      {},
      { pod: 'wallet-7f9', namespace: 'casino' },
      { pod: 'environment HOSTNAME', namespace: `file /${ACCOUNT}` },
    ],
    [
      'files of the downward API, variables before them',
      { ...HOST, NODE_NAME: 'n2' },
      { 'etc/podinfo/name': 'wallet-1', 'etc/podinfo/nodename': 'n1', 'etc/podinfo/labels': LABELS_FILE },
      {},
      { pod: 'wallet-1', node: 'n2', zone: 'eu-1a' },
      { pod: 'file /etc/podinfo/name', zone: 'file /etc/podinfo/labels' },
    ],
    ['what cannot be a name is none', { ...HOST, POD_NAME: 'a b', POD_NAMESPACE: '' }, {}, {}, {}, {}],
    [
      'on: outside of a pod too',
      NAMED,
      {},
      { kubernetes: { labels: 'on' } },
      { pod: 'wallet-0', namespace: 'casino', node: 'n1' },
      {},
    ],
    [
      'off: known, and no labels',
      { ...HOST, ...NAMED },
      {},
      { kubernetes: { labels: 'off' } },
      {},
      { pod: 'environment POD_NAME' },
    ],
    [
      'what is stated wins',
      { ...HOST, ...NAMED },
      {},
      { kubernetes: { node: 'mine' }, constantLabels: { namespace: 'own' } },
      { pod: 'wallet-0', namespace: 'own', node: 'mine' },
      { node: 'code' },
    ],
  ])('%s', async (_, env, files, code, labels, sources) => {
    const config = await resolveConfig({ cwd: tmpdir(), env, root: rootWith(files), code })
    expect(config.constantLabels).toEqual(labels)
    for (const [fact, source] of Object.entries(sources)) {
      expect([fact, config.provenance[`kubernetes.${fact}`]]).toEqual([fact, source])
    }
  })

  it('is on every series, and the resource of every trace', async () => {
    const root = rootWith({ [ACCOUNT]: 'casino', 'etc/podinfo/labels': LABELS_FILE })
    const env = { ...HOST, ...NAMED, POD_NAMESPACE: '' }
    const boxman = await createBoxman(
      { service: 'wallet', store: false, log: false, admin: { port: 0 } },
      { env, root, cwd: tmpdir() },
    )
    try {
      boxman.request({ route: '/a' }, (scope) => void scope.setStatus(500))
      const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
      expect(page).toMatch(/^http_requests_total\{.*pod="wallet-0".*namespace="casino".*node="n1".*zone="eu-1a"/m)
      expect(page).not.toContain('uid-99')
      const traces = await (await fetch(`${boxman.admin.url}/api/traces?service=wallet`)).text()
      for (const [name, value] of [
        ['k8s.pod.name', 'wallet-0'],
        ['k8s.pod.uid', 'uid-99'],
        ['k8s.namespace.name', 'casino'],
        ['k8s.node.name', 'n1'],
        ['cloud.availability_zone', 'eu-1a'],
      ]) {
        expect(traces).toMatch(new RegExp(`"key":"${name}"[^}]*"value":"${value}"`))
      }
      const system: unknown = await (await fetch(`${boxman.admin.url}/diagnostics/system`)).json()
      expect(system).toMatchObject({ kubernetes: { labels: 'auto', pod: 'wallet-0', zone: 'eu-1a' } })
    } finally {
      await boxman.stop()
    }
  })
})
