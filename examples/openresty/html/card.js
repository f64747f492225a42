// SPDX-License-Identifier: MIT
// One lock: what is known of it, two buttons, its access codes.
import { drawCodes } from "./timeline.js"

const template = document.getElementById("card")

const STATES = { true: ["locked", "Locked"], false: ["unlocked", "Unlocked"] }
const UNKNOWN = ["unknown", "Nobody knows whether it is locked"]
const ASKING = { lock: "Locking…", unlock: "Unlocking…" }

// What to say when not even our own server answered: the door may have moved.
const NO_ANSWER = "No answer came. Look at the door before you try again."

export class Card {
  constructor(lock, parent) {
    this.id = lock.id
    this.root = template.content.firstElementChild.cloneNode(true)
    this.find = (name) => this.root.querySelector(`.${name}`)
    const name = this.find("name")
    name.id = `name-${lock.id}`
    this.root.setAttribute("aria-labelledby", name.id)
    this.root.dataset.lock = lock.id
    for (const action of ["lock", "unlock"]) {
      this.find(action).addEventListener("click", () => this.move(action))
    }
    this.find("pins").addEventListener("click", () => this.togglePins())
    parent.append(this.root)
    if (lock.has_codes) this.loadCodes()
  }

  remove() {
    this.root.remove()
  }

  update(lock) {
    const [state, words] = STATES[lock.locked] ?? UNKNOWN
    const hasBattery = typeof lock.battery === "number"
    this.lock = lock
    this.find("name").textContent = lock.name
    this.find("state").textContent = words
    this.root.classList.remove("locked", "unlocked", "unknown")
    this.root.classList.add(state)
    this.root.classList.toggle("offline", lock.online === false)
    this.root.classList.toggle("low", hasBattery && lock.battery <= 0.2)
    this.root.classList.toggle("no-battery", !hasBattery)
    this.find("online").textContent = lock.online === false ? "Offline" : "Online"
    this.find("level").style.width = `${Math.round((lock.battery ?? 0) * 100)}%`
    this.find("percent").textContent = hasBattery ? `${Math.round(lock.battery * 100)} %` : "Not known"
    this.updateButtons(lock)
    this.find("codes").hidden = !lock.has_codes
  }

  updateButtons(lock) {
    const can = { lock: lock.can_lock, unlock: lock.can_unlock }
    for (const [action, possible] of Object.entries(can)) {
      const button = this.find(action)
      button.hidden = !possible
      button.setAttribute("aria-label", `${button.textContent} ${lock.name}`)
      button.classList.toggle("next", (action === "lock") === (lock.locked === false))
    }
    this.find("actions").hidden = !can.lock && !can.unlock
    this.find("fixed").hidden = can.lock || can.unlock
    this.find("fixed").textContent =
      lock.online === false ? "It is offline and cannot be moved from here." : "This lock cannot be moved from here."
    this.find("pins").setAttribute("aria-label", `Show the PINs of ${lock.name}`)
  }

  say(text, isBad = false) {
    const place = this.find("outcome")
    place.textContent = text
    place.classList.toggle("bad", isBad)
  }

  // Never sent twice: not by a second click, and not by itself.
  async move(action) {
    if (this.isMoving) return
    this.setMoving(true)
    this.say(ASKING[action])
    try {
      const response = await fetch(`api/${action}?lock=${encodeURIComponent(this.id)}`, { method: "POST" })
      const { outcome, message } = await response.json()
      this.say(message, outcome !== "done" && outcome !== "pending")
    } catch {
      this.say(NO_ANSWER, true)
    }
    this.setMoving(false)
  }

  setMoving(isMoving) {
    this.isMoving = isMoving
    this.root.setAttribute("aria-busy", String(isMoving))
    // Disabled for real, a button would lose the keyboard's focus.
    for (const action of ["lock", "unlock"]) this.find(action).setAttribute("aria-disabled", String(isMoving))
  }

  togglePins() {
    const button = this.find("pins")
    this.showsPins = !this.showsPins
    button.setAttribute("aria-pressed", String(this.showsPins))
    this.loadCodes()
  }

  // Only the answer to the latest question counts.
  async loadCodes() {
    if (this.lock && !this.lock.has_codes) return
    const question = (this.question = (this.question ?? 0) + 1)
    let codes
    try {
      const pins = this.showsPins ? "&pins=1" : ""
      const response = await fetch(`api/codes?lock=${encodeURIComponent(this.id)}${pins}`)
      codes = response.ok ? (await response.json()).codes : undefined
    } catch {
      codes = undefined
    }
    if (question === this.question) this.showCodes(codes)
  }

  showCodes(codes) {
    const note = this.find("codes-note")
    note.textContent = codes ? "There are no access codes." : "The access codes could not be read."
    note.hidden = codes !== undefined && codes.length > 0
    this.find("timeline").hidden = !codes || codes.length === 0
    if (codes) drawCodes(this.find("timeline"), codes)
  }
}
