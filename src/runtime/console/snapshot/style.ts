import { createHash } from 'node:crypto'

/** By name, for light and for dark: those of the console. */
export const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  ground: ['#f4f5f7', '#0e1318'],
  surface: ['#ffffff', '#161d24'],
  sunken: ['#eceef1', '#11181e'],
  line: ['#d9dde3', '#2a3540'],
  text: ['#16202b', '#e4e9ee'],
  muted: ['#55606d', '#9aa7b4'],
  accent: ['#0f6b63', '#4cc0b3'],
  grid: ['#e6e9ed', '#232d36'],
  good: ['#166b2e', '#57c878'],
  warning: ['#945c00', '#e3ab3d'],
  critical: ['#c3232f', '#ff7b7b'],
  info: ['#1f5fbf', '#7db2ff'],
  'good-soft': ['#dff3e4', '#15301e'],
  'warning-soft': ['#fbeed2', '#33270f'],
  'critical-soft': ['#fbe3e4', '#3b191c'],
  'series-1': ['#0072b2', '#4aa8e0'],
  'series-2': ['#d55e00', '#f08a4b'],
  'series-3': ['#008a66', '#3cc39a'],
  'series-4': ['#b4579a', '#dd8fc6'],
  'series-5': ['#a67c00', '#e0bc4a'],
  'series-6': ['#2b9bd6', '#8fd0f5'],
  'series-7': ['#6b4fbb', '#a995f0'],
  'series-8': ['#5b6672', '#a2adb8'],
  'heat-1': ['#e3f1f0', '#14282a'],
  'heat-2': ['#c2e2df', '#17393a'],
  'heat-3': ['#97cdc8', '#1b4f4e'],
  'heat-4': ['#67b4ad', '#226b68'],
  'heat-5': ['#3b988f', '#2f8c86'],
  'heat-6': ['#1c7a71', '#4cb0a7'],
  'heat-7': ['#0d5a53', '#84d2c9'],
  'heat-8': ['#053a36', '#c9f0ea'],
}

/** How far apart time and value lie on a chart's own field. */
export const PLOT_PX = 150
export const SPANS_DEEP = 12

function colours(theme: 0 | 1): string {
  return Object.entries(COLOURS)
    .map(([name, both]) => `--${name}:${both[theme]}`)
    .join(';')
}

function each(count: number, rule: (n: number) => string): string {
  return Array.from({ length: count }, (_, i) => rule(i + 1)).join('')
}

/** All of the file's look; nothing else in it says how anything looks. */
export const STYLE: string = [
  `:root{color-scheme:light dark;${colours(0)};--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}`,
  `@media screen and (prefers-color-scheme:dark){:root{${colours(1)}}}`,
  '@media print{:root{color-scheme:light}}',
  '*{box-sizing:border-box}',
  "body{margin:0;background:var(--ground);color:var(--text);font:14px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;overflow-wrap:anywhere}",
  'a{color:var(--accent)}h1,h2,h3,p,dl,dd,ul,pre{margin:0}',
  ':focus-visible{outline:2px solid var(--accent);outline-offset:2px}',
  'header,main,footer{max-width:1280px;margin:0 auto;padding:20px}',
  'h1{font-size:24px;line-height:1.25}h2{font-size:18px;margin:0 0 12px}h3,h4{font-size:14px;margin:0}',
  '.range{font-size:16px;margin:4px 0 16px}.muted,.note,.cut,footer{color:var(--muted)}',
  '.cut{font-size:13px;margin-top:8px}.note{font-size:13px;margin-bottom:8px}',
  '.cut:empty{display:none}',
  '.facts{display:flex;flex-wrap:wrap;gap:6px 28px}.facts dt{font-size:12px;color:var(--muted)}.facts dd{font-weight:600}',
  '.glance{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin-top:16px}',
  '.glance a{display:block;height:100%;padding:10px 14px;border:1px solid var(--line);border-radius:8px;background:var(--surface);color:inherit;text-decoration:none}',
  '.glance a:hover{border-color:var(--accent)}.glance b{display:block;font-size:12px;font-weight:400;color:var(--muted)}.glance span{font-weight:600}.glance .warning{color:var(--warning)}.glance .critical{color:var(--critical)}',
  'main{display:grid;grid-template-columns:minmax(0,1fr);gap:28px;padding-top:0}main>section{min-width:0}',
  '.failed{padding:10px 14px;border-left:4px solid var(--critical);background:var(--critical-soft)}',
  '.none{color:var(--muted)}',
  '.row-title{font-size:14px;color:var(--muted);margin:18px 0 8px;font-weight:600}',
  '.grid{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));gap:12px}',
  '.card{min-width:0;padding:12px 14px;border:1px solid var(--line);border-radius:8px;background:var(--surface)}',
  '.card+.card{margin-top:0}.stack{display:grid;gap:10px}.stack>*{min-width:0}',
  each(24, (n) => `.w${n}{grid-column:span ${n}}`),
  '.plot{display:block;width:100%;overflow:visible;margin-top:10px;padding-left:62px}',
  '.plot text,.strip text{font-size:11px;fill:var(--muted)}.plot .y{text-anchor:end}.plot .x{text-anchor:middle}.plot .x.first{text-anchor:start}.plot .x.last{text-anchor:end}',
  '.plot .g{stroke:var(--grid)}.plot .t{stroke-dasharray:5 4}.plot .t.warning{stroke:var(--warning)}.plot .t.critical{stroke:var(--critical)}',
  '.l{fill:none;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}.a{opacity:.35}',
  each(8, (n) => `.s${n}{stroke:var(--series-${n})}.f${n}{fill:var(--series-${n})}.h${n}{fill:var(--heat-${n})}`),
  '.spark{display:block;width:100%;height:34px;margin-top:6px}',
  '.stat{display:flex;align-items:baseline;justify-content:space-between;gap:8px}.stat b{font-size:22px;line-height:1.3;font-weight:600}.stat.many b{font-size:16px}',
  '.good b,b.good{color:var(--good)}.warning b,b.warning{color:var(--warning)}.critical b,b.critical{color:var(--critical)}',
  '.frame{overflow-x:auto;margin-top:8px}table{border-collapse:collapse;width:100%;font-size:13px}',
  'th{text-align:left;font-weight:600;font-size:12px;color:var(--muted)}th,td{padding:4px 10px 4px 0;vertical-align:top;border-bottom:1px solid var(--grid)}',
  'tbody tr:last-child>*{border-bottom:0}.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;overflow-wrap:normal}',
  '.legend th{font-weight:400}.legend tbody th{color:var(--text)}.legend td,.legend th{padding-top:2px;padding-bottom:2px}.legend svg{margin-right:6px;vertical-align:middle}',
  '.bars{list-style:none;padding:0;margin-top:8px;font-size:13px}.bars li{display:grid;grid-template-columns:minmax(60px,2fr) 5fr auto;gap:10px;align-items:center;padding:2px 0}',
  '.bars svg{width:100%;height:12px}.bars .b{fill:var(--series-1)}.bars .k{fill:var(--text)}.bars .good .b{fill:var(--good)}.bars .warning .b{fill:var(--warning)}.bars .critical .b{fill:var(--critical)}',
  '.badge{display:inline-block;padding:0 8px;border-radius:10px;font-size:12px;font-weight:600;background:var(--sunken);color:var(--muted);white-space:nowrap}',
  '.badge.good{background:var(--good-soft);color:var(--good)}.badge.warning{background:var(--warning-soft);color:var(--warning)}.badge.critical{background:var(--critical-soft);color:var(--critical)}',
  'code,pre,.mono{font:12px/1.5 var(--mono)}code{padding:0 4px;border-radius:4px;background:var(--sunken)}pre{white-space:pre-wrap;padding:8px 10px;border-radius:6px;background:var(--sunken);margin-top:6px}',
  '.labels{display:inline-flex;flex-wrap:wrap;gap:4px}',
  '.alert .facts dd{font-weight:400}.alert-head{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center}.alert>*+*{margin-top:6px}',
  '.strip{display:block;width:100%;height:14px}.strip .back{fill:var(--sunken)}.strip .pending{fill:var(--warning)}.strip .firing{fill:var(--critical)}',
  'details>summary{cursor:pointer}details.card>summary{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline}details.card>summary::before{content:"▸";color:var(--muted)}details.card[open]>summary::before{content:"▾"}summary b{font-weight:600}',
  '.fold{margin-top:8px;font-size:13px}.fold>summary{color:var(--accent)}',
  '.spans{list-style:none;padding:0;margin-top:10px;font-size:13px}.spans>li{padding:3px 0;border-top:1px solid var(--grid)}',
  '.span{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr) 76px;gap:10px;align-items:center}.span svg{width:100%;height:12px}.span .back{fill:var(--sunken)}',
  '.span-name b{font-weight:600}.span.error .span-name b{color:var(--critical)}.span .e{fill:var(--critical)}',
  each(SPANS_DEEP, (n) => `.d${n} .span-name{padding-left:${n * 12}px}`),
  '.span-more .facts dd{font-weight:400}.span-more{padding-left:16px;font-size:12px;color:var(--muted)}',
  '.lines{list-style:none;padding:0;margin-top:8px;font:12px/1.5 var(--mono)}.lines li{padding:3px 0;border-top:1px solid var(--grid)}.lines li:first-child,.spans>li:first-child{border-top:0}.lines .msg{color:var(--text)}.lines .fields{color:var(--muted)}',
  'footer{font-size:13px}footer p+p{margin-top:6px}',
  '@media (max-width:760px){header,main,footer{padding:14px 12px}.card{grid-column:1/-1}.card.w3,.card.w4,.card.w5,.card.w6{grid-column:span 12}.span{grid-template-columns:1fr 76px}.span svg{grid-row:2;grid-column:1/-1}.d1 .span-name,.d2 .span-name,.d3 .span-name,.d4 .span-name,.d5 .span-name,.d6 .span-name,.d7 .span-name,.d8 .span-name,.d9 .span-name,.d10 .span-name,.d11 .span-name,.d12 .span-name{padding-left:0}}',
  '@media print{body{background:none;font-size:11px}header,main,footer{max-width:none;padding:0 0 12px}.card,.glance a{break-inside:avoid}details.card{break-inside:auto}h2,.row-title{break-after:avoid}.frame{overflow:visible}details::details-content{content-visibility:visible;display:block}details.card>summary::before{content:""}.badge,.strip rect,.plot path,.bars rect,.span rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}',
].join('\n')

/** Of a document: no script, no request, this style alone. */
export const POLICY: string = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`
