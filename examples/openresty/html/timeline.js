// SPDX-License-Identifier: MIT
// Access codes over a week, half a day of it past. Each row says in words what its bar shows.
const HOUR = 3600e3
const BEFORE = 12 * HOUR
const SPAN = 7 * 24 * HOUR

const template = document.getElementById("row")

const moment = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit",
})
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" })

const STATUS = {
  setting: "being put on the lock",
  removing: "being taken off the lock",
  unset: "not on the lock yet",
}

const element = (kind, name, text) => {
  const made = document.createElement(kind)
  made.className = name
  if (text !== undefined) made.textContent = text
  return made
}

const percent = (time, start) => Math.min(100, Math.max(0, ((time - start) / SPAN) * 100))

// But for the last, whose name would have no room.
const midnights = (start) => {
  const day = new Date(start)
  day.setHours(24, 0, 0, 0)
  const found = []
  while (day.getTime() < start + SPAN - 20 * HOUR) {
    found.push(new Date(day))
    day.setDate(day.getDate() + 1)
  }
  return found
}

const drawAxis = (axis, start) => {
  axis.replaceChildren(
    ...midnights(start).map((day) => {
      const tick = element("span", "tick", weekday.format(day))
      tick.append(element("span", "date", String(day.getDate())))
      tick.style.left = `${percent(day.getTime(), start)}%`
      return tick
    }),
  )
}

const inWords = (code) => {
  const when = code.ends_at
    ? `${moment.format(new Date(code.starts_at))} to ${moment.format(new Date(code.ends_at))}`
    : "No end"
  return STATUS[code.status] ? `${when}, ${STATUS[code.status]}` : when
}

const drawRow = (code, start, now) => {
  const row = template.content.firstElementChild.cloneNode(true)
  const from = Date.parse(code.starts_at ?? code.created_at)
  const to = code.ends_at ? Date.parse(code.ends_at) : start + SPAN
  const bar = row.querySelector(".bar")
  bar.style.left = `${percent(from, start)}%`
  bar.style.width = `${percent(to, start) - percent(from, start)}%`
  // Outside of the week there is nothing to draw.
  bar.hidden = from > start + SPAN || to < start
  row.classList.toggle("later", from > now)
  row.classList.toggle("endless", !code.ends_at)
  row.classList.toggle("wrong", Boolean(code.problem))
  row.querySelector(".code-name").textContent = code.name ?? "Without a name"
  row.querySelector(".pin").textContent = code.pin ?? ""
  row.querySelector(".when").textContent = inWords(code)
  const problem = row.querySelector(".problem")
  problem.textContent = code.problem ?? ""
  problem.hidden = !code.problem
  const mark = element("span", "now")
  mark.style.left = `${percent(now, start)}%`
  row.querySelector(".track").append(mark)
  return row
}

const byStart = (a, b) => Date.parse(a.starts_at ?? a.created_at) - Date.parse(b.starts_at ?? b.created_at)

export const drawCodes = (timeline, codes) => {
  const now = Date.now()
  const start = now - BEFORE
  drawAxis(timeline.querySelector(".axis"), start)
  const rows = [...codes].sort(byStart).map((code) => drawRow(code, start, now))
  timeline.querySelector(".rows").replaceChildren(...rows)
}
