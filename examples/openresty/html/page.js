// SPDX-License-Identifier: MIT
// Keeps the page like the locks: a stream of events comes in, cards change.
import { Card } from "./card.js"

const places = {
  locks: document.getElementById("locks"),
  live: document.getElementById("live"),
  notice: document.getElementById("notice"),
}
const cards = new Map()
let wasAway = false

const say = (place, text) => {
  // Said again, a status would be read aloud again.
  if (place.textContent !== text) place.textContent = text
}

const notice = (text) => {
  say(places.notice, text)
  places.notice.hidden = text === ""
}

// Coarse, so that it is not read aloud every few seconds.
const ago = (seconds) => {
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1) return "less than a minute ago"
  return minutes === 1 ? "a minute ago" : `${minutes} minutes ago`
}

const show = ({ locks, age, down }) => {
  places.locks.setAttribute("aria-busy", "false")
  const present = new Set(locks.map((lock) => lock.id))
  for (const [id, card] of cards) {
    if (!present.has(id)) {
      card.remove()
      cards.delete(id)
    }
  }
  for (const lock of locks) {
    if (!cards.has(lock.id)) cards.set(lock.id, new Card(lock, places.locks))
    cards.get(lock.id).update(lock)
  }
  // What was missed meanwhile is asked for.
  if (wasAway && !down) cards.forEach((card) => card.loadCodes())
  wasAway = down
  if (down) notice(`Seam cannot be reached. This is how things were ${ago(age)}.`)
  else notice(locks.length ? "" : "There are no locks yet.")
}

const listen = () => {
  const events = new EventSource("api/live")
  events.addEventListener("open", () => {
    places.live.classList.add("on")
    say(places.live, "Live")
  })
  events.addEventListener("error", () => {
    wasAway = true
    places.live.classList.remove("on")
    say(places.live, "Connecting again")
    // Browsers come back by themselves, except from an answer that was an error.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000)
  })
  events.addEventListener("locks", (event) => show(JSON.parse(event.data)))
  events.addEventListener("codes", () => cards.forEach((card) => card.loadCodes()))
  events.addEventListener("down", () => notice("Seam cannot be reached, and the locks are not known yet."))
}

listen()
