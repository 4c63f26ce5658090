import type { Config } from './config/config.ts'

/** Who a service is, in the names of OpenTelemetry's resources; what is not known is left out. */
export function resourceOf({ service, version, environment, kubernetes }: Config): Readonly<Record<string, string>> {
  const { pod, namespace, node, zone, uid } = kubernetes
  const attributes = {
    'service.name': service,
    'service.version': version,
    'deployment.environment.name': environment,
    'k8s.pod.name': pod,
    'k8s.pod.uid': uid,
    'k8s.namespace.name': namespace,
    'k8s.node.name': node,
    'cloud.availability_zone': zone,
  }
  const known: Record<string, string> = {}
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) known[name] = value
  return known
}
