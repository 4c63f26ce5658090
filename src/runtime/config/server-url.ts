export const SERVER_URL = 'the address of a server such as http://prometheus:9090, without a name and password in it'

export function isServerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}
