export const SERVER_URL = 'the address of a server such as http://prometheus:9090, without a name and password in it'

export function isServerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

export const PUBLIC_URL =
  'an address that people can open such as https://ops.example/boxman, without a name, a password, ? and # in it'

export function isPublicUrl(text: string): boolean {
  return isServerUrl(text) && !/[?#]/.test(text)
}

/** As links begin with it. */
export function linkBase(url: string): string {
  return new URL(url).href.replace(/\/+$/, '')
}
