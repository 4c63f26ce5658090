import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Provenance } from './config.ts'
import type { Environment } from './resolve.ts'

/** Which pod this is, and where. */
export type KubernetesFact = 'pod' | 'namespace' | 'node' | 'zone' | 'uid'

export interface FoundFact {
  readonly fact: KubernetesFact
  readonly value: string
  readonly source: Provenance
}

/** Those that become constant labels; a uid would make a series for each pod that ever was, as the pod's name does already. */
export const KUBERNETES_LABELS: readonly KubernetesFact[] = ['pod', 'namespace', 'node', 'zone']

const SERVICE_ACCOUNT = 'var/run/secrets/kubernetes.io/serviceaccount/namespace'
const PODINFO = 'etc/podinfo'
/** As the guides to the downward API call them. */
const VARIABLES: Readonly<Record<KubernetesFact, readonly string[]>> = {
  pod: ['POD_NAME', 'KUBERNETES_POD_NAME', 'K8S_POD_NAME'],
  namespace: ['POD_NAMESPACE', 'KUBERNETES_NAMESPACE', 'K8S_NAMESPACE'],
  node: ['NODE_NAME', 'KUBERNETES_NODE_NAME', 'K8S_NODE_NAME'],
  zone: ['NODE_ZONE', 'KUBERNETES_ZONE', 'K8S_ZONE'],
  uid: ['POD_UID', 'KUBERNETES_POD_UID', 'K8S_POD_UID'],
}
/** Of a volume of the downward API. */
const FILES: Readonly<Record<KubernetesFact, readonly string[]>> = {
  pod: ['name', 'podname'],
  namespace: ['namespace'],
  node: ['nodename', 'nodeName', 'node'],
  zone: ['zone'],
  uid: ['uid'],
}
const ZONE_LABEL = /^topology\.kubernetes\.io\/zone="([^"\\]*)"$/m
const VALUE = /^[\w.:-]{1,200}$/
const FACTS: readonly KubernetesFact[] = ['pod', 'namespace', 'node', 'zone', 'uid']

/** Whether this process runs in a pod. */
export function inKubernetes(env: Environment, root: string): boolean {
  const { KUBERNETES_SERVICE_HOST: host = '' } = env
  return host !== '' || textOf(root, SERVICE_ACCOUNT) !== undefined
}

/** What variables and files tell: the downward API's, the service account's, and the host's name, which is the pod's. */
export function kubernetesFacts(env: Environment, root: string): readonly FoundFact[] {
  const inCluster = inKubernetes(env, root)
  return FACTS.flatMap((fact) => {
    const found = ofVariable(fact, env) ?? ofFile(fact, root) ?? (inCluster ? byItself(fact, env, root) : undefined)
    return found === undefined ? [] : [{ fact, ...found }]
  })
}

type Found = Pick<FoundFact, 'value' | 'source'>

function ofVariable(fact: KubernetesFact, env: Environment): Found | undefined {
  for (const name of VARIABLES[fact]) {
    const value = env[name]
    if (value !== undefined && VALUE.test(value)) return { value, source: `environment ${name}` }
  }
  return undefined
}

function ofFile(fact: KubernetesFact, root: string): Found | undefined {
  for (const name of FILES[fact]) {
    const value = textOf(root, `${PODINFO}/${name}`)
    if (value !== undefined) return { value, source: `file /${PODINFO}/${name}` }
  }
  return undefined
}

function byItself(fact: KubernetesFact, env: Environment, root: string): Found | undefined {
  switch (fact) {
    case 'pod': {
      const { HOSTNAME: value = '' } = env
      return VALUE.test(value) ? { value, source: 'environment HOSTNAME' } : undefined
    }
    case 'namespace': {
      const value = textOf(root, SERVICE_ACCOUNT)
      return value === undefined ? undefined : { value, source: `file /${SERVICE_ACCOUNT}` }
    }
    case 'zone': {
      const [, value = ''] = ZONE_LABEL.exec(wholeText(root, `${PODINFO}/labels`) ?? '') ?? []
      return VALUE.test(value) ? { value, source: `file /${PODINFO}/labels` } : undefined
    }
    case 'node':
    case 'uid':
      return undefined
  }
}

function textOf(root: string, path: string): string | undefined {
  const text = wholeText(root, path)?.trim()
  return text !== undefined && VALUE.test(text) ? text : undefined
}

function wholeText(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}
