'use strict'
// Live numbers, charts, logs, and a question before what cannot be undone. Without it every page and button works all
// the same; only nothing moves. Text that comes from outside goes into text nodes, or was escaped by the server.

for (const form of document.querySelectorAll('form[data-confirm]')) ask(form)

function ask(form) {
  form.addEventListener('submit', (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault()
  })
}

/* live numbers and active jobs */

const followed = document.querySelector('[data-follow]')
if (followed?.dataset.follow) follow(followed)

function follow(page) {
  const badge = page.querySelector('[data-live-state]')
  const runs = page.querySelector('[data-runs]')
  const tell = (isOn) => {
    if (!badge || badge.classList.contains('on') === isOn) return
    badge.classList.toggle('on', isOn)
    badge.textContent = isOn ? badge.dataset.on : badge.dataset.off
  }
  const source = new EventSource(page.dataset.follow)
  source.addEventListener('open', () => tell(true))
  source.addEventListener('error', () => tell(false))
  source.addEventListener('state', (event) => {
    tell(true)
    const { numbers, ids, rows } = JSON.parse(event.data)
    for (const [name, text] of Object.entries(numbers)) setText(page.querySelector(`[data-number="${name}"]`), text)
    if (runs) showRuns(page, runs, ids, rows)
  })
  addEventListener('pagehide', () => source.close())
}

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text
}

function showRuns(page, runs, ids, rows) {
  const here = new Map([...runs.querySelectorAll('[data-job]')].map((row) => [row.dataset.job, row]))
  for (const [id, row] of here) {
    if (ids.includes(id)) continue
    if ('reload' in runs.dataset) return location.reload() // the job of this page has ended
    row.remove()
  }
  for (const id of [...ids].reverse()) {
    const html = rows[id]
    if (!html) continue
    const row = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-job]')
    const old = here.get(id)
    if (old) update(old, row)
    else {
      for (const form of row.querySelectorAll('form[data-confirm]')) ask(form)
      for (const back of row.querySelectorAll('input[name=back]')) back.value = location.pathname + location.search
      runs.prepend(row)
    }
  }
  const none = page.querySelector('[data-runs-none]')
  if (none) none.hidden = ids.length > 0
}

/** Changes the parts that live; buttons stay, and with them the focus. */
function update(old, row) {
  for (const part of row.querySelectorAll('[data-live]')) {
    const former = old.querySelector(`[data-live="${part.dataset.live}"]`)
    if (!former || former.isEqualNode(part)) continue
    if (part instanceof HTMLProgressElement) {
      former.max = part.max
      former.value = part.value
    } else former.replaceWith(part)
  }
  old.dataset.state = row.dataset.state
}

/* charts */

const HEIGHT = 165

const drawn = []
for (const element of document.querySelectorAll('[data-chart]')) drawn.push({ element, chart: draw(element) })
addEventListener('resize', () => {
  for (const { element, chart } of drawn) chart.setSize({ width: element.clientWidth, height: HEIGHT })
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const it of drawn) {
    it.chart.destroy()
    it.chart = draw(it.element)
  }
})


function draw(element) {

  const { names, data, zone, lang } = JSON.parse(element.dataset.chart)
  const color = (name) => {
    const probe = element.appendChild(document.createElement('i'))
    probe.style.color = `var(${name})`
    const value = getComputedStyle(probe).color
    probe.remove()
    return value
  }
  const strokes = [color('--accent'), color('--red')]
  const axis = { stroke: color('--soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } }
  const hour = new Intl.DateTimeFormat(lang, { timeZone: zone, hour: '2-digit', hourCycle: 'h23' })
  const day = new Intl.DateTimeFormat(lang, { timeZone: zone, month: 'numeric', day: 'numeric' })
  const atHour = (at) => new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' }).format(at)
  const font = '11px system-ui, sans-serif'
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      cursor: { drag: { x: false, y: false } },
      legend: { show: names.length > 1, live: false },
      scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
      axes: [
        {
          ...axis,
          font,
          size: 26,
          space: 44,
          values: (_, ticks) => ticks.map((at) => (atHour(at * 1000) === '00' ? day : hour).format(at * 1000)),
        },
        { ...axis, font, size: 44, values: (_, ticks) => ticks.map((value) => (Number.isInteger(value) ? value.toLocaleString(lang) : '')) },
      ],
      series: [
        {},
        ...names.map((label, at) => ({
          label,
          stroke: strokes[at],
          width: 1.6,
          fill: at === 0 ? strokes[0].replace('rgb(', 'rgba(').replace(')', ', 0.12)') : undefined,
          points: { size: 4, width: 0, fill: strokes[at] },
          spanGaps: true,
        })),
      ],
    },
    data,
    element,
  )
}

/* logs */

const LINES_MAX = 1000
for (const log of document.querySelectorAll('[data-log]')) readLog(log)

function readLog(log) {
  const lines = log.querySelector('.lines')
  const hold = log.querySelector('[data-hold]')
  const clock = new Intl.DateTimeFormat(undefined, { timeZone: log.dataset.zone, timeStyle: 'medium', hourCycle: 'h23' })
  let held = []
  const source = new EventSource(log.dataset.log)
  source.addEventListener('open', () => {
    held = []
    for (const line of lines.querySelectorAll('.line')) line.remove() // a new connection begins with the newest lines again
  })
  source.addEventListener('line', (event) => {
    if (hold.checked) held = [...held, event.data].slice(-LINES_MAX)
    else add(event.data)
  })
  hold.addEventListener('change', () => {
    if (hold.checked) return
    for (const line of held) add(line)
    held = []
  })
  addEventListener('pagehide', () => source.close())

  function add(text) {
    const isAtEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40
    lines.querySelector('.none')?.remove()
    lines.append(lineOf(text, clock))
    while (lines.childElementCount > LINES_MAX) lines.firstElementChild.remove()
    if (isAtEnd) lines.scrollTop = lines.scrollHeight
  }
}

function lineOf(text, clock) {
  const { level, time, event, msg, ...facts } = JSON.parse(text)
  const line = document.createElement('p')
  line.className = `line ${['debug', 'info', 'warn', 'error'].includes(level) ? level : ''}`
  const part = (name, className, content) => {
    const element = line.appendChild(document.createElement(name))
    element.className = className
    element.textContent = content
    return element
  }
  part('time', '', clock.format(new Date(time))).dateTime = time
  part('span', 'level', level)
  const what = part('span', 'what', `${msg ?? ''} `)
  const more = what.appendChild(document.createElement('span'))
  more.className = 'more'
  more.textContent = Object.entries(facts)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ')
  return line
}
