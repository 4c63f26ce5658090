import type { Config } from '../../config/config.ts'
import { isLoopback } from './host-name.ts'

type Access = Pick<Config['admin'], 'host' | 'token' | 'tokens' | 'basic' | 'tls' | 'allow' | 'insecure'>

/** Whether it is said who may ask. TLS alone says that of nobody. */
function isDecided({ host, token, tokens, basic, tls, allow, insecure }: Access): boolean {
  const stated = [token, tokens, basic, tls?.ca, allow].some((each) => each !== undefined)
  return insecure || stated || isLoopback(host)
}

/** What is missing for a server that other machines reach. */
export function bindingProblem(admin: Access & Pick<Config['admin'], 'enabled'>): string | undefined {
  if (!admin.enabled || isDecided(admin)) return undefined
  return `admin.host: ${admin.host} lets other machines in, and nothing says who may ask. Choose ${CHOICES}; or admin.insecure: true (BOXMAN_ADMIN_INSECURE=true), which lets everybody in who reaches it`
}

/** The same for `boxman serve`. */
export function servingProblem(admin: Access): string | undefined {
  if (isDecided(admin)) return undefined
  return `--listen ${admin.host} lets other machines in, and nothing says who may ask. Choose ${CHOICES}; or --insecure, which lets everybody in who reaches it`
}

const CHOICES =
  'admin.token (BOXMAN_ADMIN_TOKEN), which Prometheus and people send along; admin.tokens or admin.basic (BOXMAN_ADMIN_TOKENS, BOXMAN_ADMIN_BASIC), the same with scopes; admin.tls with a ca (BOXMAN_ADMIN_TLS), for certificates of clients; admin.allow (BOXMAN_ADMIN_ALLOW), for addresses such as 10.0.0.0/8, or private for all of private networks'
