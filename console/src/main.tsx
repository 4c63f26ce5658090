import './style/tokens.css'
import './style/page.css'
import './style/parts.css'
import './style/figures.css'
import './style/filters.css'
import { render } from 'preact'
import { App } from './app/app.tsx'
import { start } from './data/start.ts'
import { followAddress } from './state/place.ts'
import { keepPreferences } from './state/preferences.ts'

const host = document.getElementById('app')
if (host === null) throw new Error('BUG: the page has no place for the console')
keepPreferences()
followAddress()
void start()
render(<App />, host)
