// Draws what a terminal showed as an SVG: node docs/images/terminal-picture.mjs TITLE < screen.txt > picture.svg
// The pictures in docs/images were made from screens of `npm run demo`.
import { readFileSync } from 'node:fs'

const LINE = 20
const WIDTH = 880
const PADDING = 20
const TOP = 44

const escapeXml = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
const colour = (line) =>
  line.startsWith('> ')
    ? '#8bd5ca'
    : /^\[#/.test(line) || /^\d+%/.test(line)
      ? '#a6da95'
      : line.startsWith('@')
        ? '#eed49f'
        : '#cad3f5'

const title = process.argv[2] ?? 'shopcrawl'
const lines = readFileSync(0, 'utf8').trimEnd().split('\n')
const height = TOP + lines.length * LINE + PADDING
const rows = lines.map(
  (line, index) =>
    `  <text x="${PADDING}" y="${TOP + (index + 1) * LINE - 5}" fill="${colour(line)}" xml:space="preserve">${escapeXml(line)}</text>`,
)
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">
  <rect width="${WIDTH}" height="${height}" rx="10" fill="#24273a"/>
  <circle cx="22" cy="22" r="6" fill="#ed8796"/><circle cx="42" cy="22" r="6" fill="#eed49f"/><circle cx="62" cy="22" r="6" fill="#a6da95"/>
  <text x="${WIDTH / 2}" y="27" fill="#a5adcb" text-anchor="middle" font-family="sans-serif" font-size="13">${escapeXml(title)}</text>
  <g font-family="ui-monospace, 'D2Coding', 'Noto Sans Mono CJK KR', 'NanumGothicCoding', Menlo, Consolas, monospace" font-size="13">
${rows.join('\n')}
  </g>
</svg>
`)
