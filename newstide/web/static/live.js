// Keeps the dashboard live: asks for its inside every two seconds, and changes only what changed, so that
// scroll, focus and open parts stay. An unchanged page answers 304 and costs nothing. A hidden tab asks nothing.
"use strict";

const EVERY = 2000;
const main = document.getElementById("main");
const sign = document.getElementById("live");
let tag = "";
let timer = 0;
let failedSince = null;

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.dataset.key || node.id || "" : "";
}

function alike(old, fresh) {
  return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    // What a person opened stays open.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  morphAttributes(old, fresh);
  morphChildren(old, fresh);
}

function morphChildren(old, fresh) {
  const wantedKeys = new Set([...fresh.children].map(keyOf));
  const keyed = new Map();
  for (const child of [...old.children]) {
    const key = keyOf(child);
    if (key && !wantedKeys.has(key)) child.remove();
    else if (key) keyed.set(key, child);
  }
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const known = keyed.get(keyOf(wanted)) || sameAhead(at, wanted);
    if (!known || !alike(known, wanted)) {
      old.insertBefore(document.importNode(wanted, true), at);
      continue;
    }
    if (keyOf(known)) {
      if (known !== at) old.insertBefore(known, at);
      else at = at.nextSibling;
    } else {
      removeUntil(at, known);
      at = known.nextSibling;
    }
    morph(known, wanted);
  }
  removeUntil(at, null);
}

// The next node without a key that may become the wanted one; nodes with a key are not passed.
function sameAhead(at, wanted) {
  while (at && !keyOf(at) && !alike(at, wanted)) at = at.nextSibling;
  return at;
}

function removeUntil(at, end) {
  while (at && at !== end) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function update(fresh) {
  const focused = document.activeElement;
  morphChildren(main, fresh);
  if (focused && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

function show(state, text) {
  sign.className = "live " + state;
  if (sign.textContent !== text) sign.textContent = text;
}

async function look() {
  try {
    const answer = await fetch("/fragments" + location.search, {
      headers: tag ? { "If-None-Match": tag } : {},
      cache: "no-store",
      signal: AbortSignal.timeout(15000),
    });
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(answer.statusText);
      const fresh = new DOMParser().parseFromString("<main>" + (await answer.text()) + "</main>", "text/html");
      update(fresh.querySelector("main"));
      tag = answer.headers.get("ETag") || "";
    }
    failedSince = null;
    main.classList.remove("stale");
    show("on", "live");
  } catch {
    failedSince ??= new Date();
    main.classList.add("stale");
    show("off", "stale since " + failedSince.toISOString().slice(11, 16) + " UTC");
  }
}

async function turn() {
  await look();
  if (!document.hidden) timer = setTimeout(turn, EVERY);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) turn();
});
if (!document.hidden) turn();
