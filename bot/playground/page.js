// Starts SimCord's page, then keeps the clicks it would drop: those made while an earlier one is under way, and those
// whose button is drawn anew or moves, because somebody else clicked, before the mouse is released.
import "./simcord-app.js";

const CONTROLS = "button.reaction-chip[data-control-key], button.component-button[data-control-key]";
const waiting = [];
let timer = null;
let passing = false;
let pressed = null;

document.title = "Trapwise playground";

function busy() {
  const page = window.simcordPreview;
  return Boolean(page.pendingAction) || (page.awaitingRevision ?? 0) > page.publishedRevision;
}

// A control's key tells its message and its place; the place may be another's by now, so its face is compared too.
const message = (control) => /^message:\d+:/.exec(control.dataset.controlKey)?.[0];
const face = (control) => control.querySelector(".reaction-emoji")?.textContent ?? control.textContent;

function controlOf(event) {
  return event.target instanceof Element ? event.target.closest(CONTROLS) : null;
}

function name(control) {
  const kind = control.classList.contains("reaction-chip") ? "reaction-chip" : "component-button";
  return { of: message(control), kind, text: face(control) };
}

function find({ of, kind, text }) {
  return [...document.querySelectorAll(CONTROLS)].find((control) => message(control) === of
    && control.classList.contains(kind) && face(control) === text);
}

function keep(control) {
  waiting.push(control);
  timer ??= setInterval(pass, 40);
}

function pass() {
  if (busy()) return;
  const control = find(waiting.shift());
  if (!waiting.length) timer = clearInterval(timer) ?? null;
  passing = true;
  try { control?.click(); } finally { passing = false; }
}

window.addEventListener("click", (event) => {
  const control = controlOf(event);
  if (passing || !control || (!timer && !busy())) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  keep(name(control));
}, true);

window.addEventListener("pointerdown", (event) => {
  const control = event.button === 0 ? controlOf(event) : null;
  pressed = control && { control, name: name(control), x: event.clientX, y: event.clientY };
}, true);

window.addEventListener("pointerup", (event) => {
  // The browser makes no click of a press on one element and a release on another.
  if (pressed && controlOf(event) !== pressed.control
    && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < 6) keep(pressed.name);
  pressed = null;
}, true);
