// Draws a chat thread as an SVG: node docs/images/thread-picture.mjs < thread.json > picture.svg
// tests/platforms/thread-picture.test.ts collects the messages that the bot sent to the Slack test server, draws them
// with this, and holds docs/images/thread.*.svg equal to the outcome (UPDATE_DOCS=1 writes them).
// The input: { title, replies, time, command: { name, text }, messages: [{ blocks, files: [{ name, size }] }] }
import { readFileSync } from 'node:fs'

const WIDTH = 760
const LEFT = 72
const RIGHT = 28
const LINE = 23
const SIZE = 15
const FONT = "'Lato','Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR','Noto Sans CJK KR',system-ui,sans-serif"
const INK = '#1d1c1d'
const GREY = '#616061'

const { title, replies, time, command, messages } = JSON.parse(readFileSync(0, 'utf8'))

const xml = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
/** About how wide a letter is, in parts of the font's size. */
const letter = (mark) =>
  /[\u1100-\u11ff\u3000-\u9fff\uac00-\ud7ff\uff00-\uffef▰▱]/u.test(mark)
    ? 0.93
    : /[ilj.,:;'|! ]/.test(mark)
      ? 0.3
      : 0.55
const widthOf = (text, size = SIZE) => [...text].reduce((sum, mark) => sum + letter(mark), 0) * size

const parts = []
let y = 0
const draw = (text) => parts.push(text)
const textAt = (x, at, text, more = '') => draw(`<text x="${x}" y="${at}" ${more}>${xml(text)}</text>`)

/** The pieces of a rich text, cut into lines that fit. */
function linesOf(elements) {
  const lines = [[]]
  let width = 0
  for (const element of elements) {
    const shown = element.type === 'user' ? `@${command.name}` : (element.text ?? element.url)
    const kind =
      element.type === 'text' ? (element.style?.code ? 'code' : element.style?.bold ? 'bold' : '') : element.type
    for (const [index, piece] of shown.split('\n').entries()) {
      if (index > 0) {
        lines.push([])
        width = 0
      }
      for (const word of piece.split(/(?<= )/)) {
        if (width + widthOf(word) > WIDTH - LEFT - RIGHT && width > 0) {
          lines.push([])
          width = 0
        }
        lines.at(-1).push({ text: word, kind })
        width += widthOf(word)
      }
    }
  }
  return lines
}

const STYLES = {
  '': '',
  bold: 'font-weight="700"',
  code: 'fill="#2e7d5b" letter-spacing="1"',
  link: 'fill="#1264a3"',
  user: 'fill="#1264a3" font-weight="600"',
}

function drawLine(pieces) {
  y += LINE
  const spans = pieces.map(({ text, kind }) => `<tspan ${STYLES[kind]}>${xml(text)}</tspan>`).join('')
  draw(`<text x="${LEFT}" y="${y}" xml:space="preserve">${spans}</text>`)
}

function drawButtons(elements) {
  y += 12
  let x = LEFT
  for (const { text, style } of elements) {
    const width = Math.ceil(widthOf(text.text, 13)) + 26
    if (x + width > WIDTH - RIGHT) {
      x = LEFT
      y += 40
    }
    const [fill, ink, edge] =
      style === 'primary'
        ? ['#007a5a', '#fff', '#007a5a']
        : style === 'danger'
          ? ['#fff', '#c01343', '#e01e5a']
          : ['#fff', INK, '#bbb']
    draw(`<rect x="${x}" y="${y}" width="${width}" height="32" rx="8" fill="${fill}" stroke="${edge}"/>`)
    textAt(x + width / 2, y + 21, text.text, `fill="${ink}" font-size="13" font-weight="700" text-anchor="middle"`)
    x += width + 8
  }
  y += 32
}

const sizeOf = (bytes) => (bytes < 1_024 ? `${bytes} B` : `${Math.round(bytes / 1_024)} KB`)

function drawFile({ name, size }) {
  y += 12
  draw(`<rect x="${LEFT}" y="${y}" width="400" height="64" rx="10" fill="#fff" stroke="#ddd"/>`)
  draw(`<rect x="${LEFT + 12}" y="${y + 12}" width="40" height="40" rx="8" fill="#1d7044"/>`)
  textAt(
    LEFT + 32,
    y + 37,
    name.split('.').pop().toUpperCase(),
    'fill="#fff" font-size="11" font-weight="700" text-anchor="middle"',
  )
  textAt(LEFT + 64, y + 29, name, 'font-weight="700"')
  textAt(LEFT + 64, y + 50, sizeOf(size), `fill="${GREY}" font-size="13"`)
  y += 64
}

function drawHead(name, isBot) {
  y += 20
  const colour = isBot ? '#1f2937' : '#e8912d'
  draw(`<rect x="24" y="${y}" width="36" height="36" rx="8" fill="${colour}"/>`)
  textAt(42, y + 25, name[0].toUpperCase(), 'fill="#fff" font-size="18" font-weight="700" text-anchor="middle"')
  textAt(LEFT, y + 14, name, 'font-weight="800"')
  let x = LEFT + widthOf(name) * 1.05 + 12
  if (isBot) {
    draw(`<rect x="${x}" y="${y + 1}" width="30" height="16" rx="3" fill="#e8e8e8"/>`)
    textAt(x + 15, y + 13, 'APP', `fill="${GREY}" font-size="10" font-weight="700" text-anchor="middle"`)
    x += 38
  }
  textAt(x, y + 14, time, `fill="${GREY}" font-size="12"`)
  y += 16
}

function drawMessage({ blocks, files = [], text }) {
  drawHead('shopcrawl', true)
  const shown =
    blocks.length > 0 || !text ? blocks : [{ type: 'rich_text', elements: [{ elements: [{ type: 'text', text }] }] }]
  for (const block of shown) {
    if (block.type === 'rich_text')
      for (const section of block.elements) for (const line of linesOf(section.elements)) drawLine(line)
    if (block.type === 'actions') drawButtons(block.elements)
  }
  for (const file of files) drawFile(file)
}

y = 52
drawHead(command.name, false)
drawLine([{ text: command.text, kind: 'bold' }])
const [root, ...thread] = messages
drawMessage(root)
y += 26
draw(`<line x1="${LEFT + widthOf(replies, 13) + 14}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}" stroke="#e4e4e4"/>`)
textAt(LEFT, y + 5, replies, `fill="${GREY}" font-size="13"`)
for (const message of thread) drawMessage(message)
y += 28

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${xml(title)}" font-family="${FONT}" font-size="${SIZE}" fill="${INK}">
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${y - 1}" rx="12" fill="#fff" stroke="#d8d8d8"/>
<path d="M0.5 48.5 H${WIDTH - 0.5}" stroke="#e8e8e8"/>
<text x="24" y="31" font-size="17" font-weight="800">${xml(title)}</text>
${parts.join('\n')}
</svg>
`)
