// Counts the parts down by the computer's clock, so that a page that was asleep is not behind, chimes softly when they
// are over, and says so to the page until the page moves on: the connection may just be away.

const CLOCK_TICK_MS = 200;
const CLOCK_AGAIN_MS = 4000;
const CLOCK_SMALL = 0.86; // how much the circle shrinks as the breath goes out
const CLOCK_VOLUME = 80; // as in the live mirror, whose setting holds here too
const CLOCK_CHIME = [[392, 0, 1.2, 0.12], [523, 0.3, 1.6, 0.1]];
const CLOCK_NEXT = [[330, 0, 0.8, 0.08]];

const clockStored = {
  read(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name) ?? "null");
    } catch {
      return null; // storage may be switched off
    }
  },
  write(name, value) {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      /* storage may be switched off: then it begins anew when the page is loaded again */
    }
  },
};

class Chime {
  constructor() {
    this.open = () => {
      const Context = window.AudioContext || window.webkitAudioContext;
      if (!Context) return;
      this.context ??= new Context();
      if (this.context.state !== "running") this.context.resume().catch(() => {});
    };
    this.touches = ["pointerdown", "keydown"];
    for (const touch of this.touches) document.addEventListener(touch, this.open);
    if (navigator.userActivation?.hasBeenActive) this.open();
  }

  get loudness() {
    let volume = CLOCK_VOLUME;
    try {
      const chosen = Number.parseInt(localStorage.getItem("coach-volume") ?? "", 10);
      if (chosen >= 0 && chosen <= 100) volume = chosen;
    } catch {
      /* storage may be switched off */
    }
    return 1.5 * (volume / 100) ** 2;
  }

  play(notes) {
    const { context } = this;
    if (context?.state !== "running") return;
    for (const [hz, from, length, loud] of notes) {
      const tone = context.createOscillator();
      const level = context.createGain();
      const at = context.currentTime + from;
      tone.frequency.value = hz;
      level.gain.setValueAtTime(0, at);
      level.gain.linearRampToValueAtTime(loud * this.loudness, at + 0.06);
      level.gain.exponentialRampToValueAtTime(0.0001, at + length);
      tone.connect(level).connect(context.destination);
      tone.start(at);
      tone.stop(at + length);
    }
  }

  close() {
    for (const touch of this.touches) document.removeEventListener(touch, this.open);
    setTimeout(() => this.context?.close().catch(() => {}), 2500); // the last note may still sound
  }
}

class Countdown {
  constructor(root, data, trigger) {
    this.root = root;
    this.data = data;
    this.trigger = trigger;
    this.find = (name) => root.querySelector(`.clock-${name}`);
    this.chime = new Chime();
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.total = data.parts.reduce((sum, part) => sum + part.seconds, 0);
    this.store = `coach-clock-${data.name}`;
    const kept = clockStored.read(this.store);
    this.gone = Math.min(Math.max(Number(kept?.gone) || 0, 0), this.total);
    this.paused = Boolean(kept?.paused);
    this.at = performance.now();
    this.onPress = () => this.press();
    this.find("button").addEventListener("click", this.onPress);
    this.ticking = setInterval(() => this.tick(), CLOCK_TICK_MS);
    this.show();
  }

  // The first clock that went on while the page was asleep is the one that says how long it was.
  passed() {
    const now = performance.now();
    const wall = Date.now();
    const seconds = Math.max(now - this.at, wall - (this.wall ?? wall)) / 1000;
    this.at = now;
    this.wall = wall;
    return seconds;
  }

  tick() {
    const seconds = this.passed();
    if (this.paused || this.over) return;
    const before = this.part.number;
    this.gone = Math.min(this.gone + seconds, this.total);
    clockStored.write(this.store, { gone: this.gone, paused: false });
    if (this.gone >= this.total) this.finish();
    else if (this.part.number !== before) this.chime.play(CLOCK_NEXT);
    this.show();
  }

  get part() {
    let left = this.gone;
    for (const [number, part] of this.data.parts.entries()) {
      if (left < part.seconds || number === this.data.parts.length - 1) {
        return { number, words: part.words, seconds: part.seconds, gone: Math.min(left, part.seconds) };
      }
      left -= part.seconds;
    }
    return { number: 0, words: "", seconds: 0, gone: 0 };
  }

  finish() {
    this.over = true;
    this.chime.play(CLOCK_CHIME);
    this.say();
    this.saying = setInterval(() => this.say(), CLOCK_AGAIN_MS);
  }

  say() {
    this.trigger("done", Date.now());
  }

  press() {
    if (this.over) {
      this.say();
      return;
    }
    this.paused = !this.paused;
    clockStored.write(this.store, { gone: this.gone, paused: this.paused });
    this.show();
  }

  show() {
    const { labels } = this.data;
    const { part } = this;
    const left = Math.ceil(part.seconds - part.gone - 0.001);
    this.root.dataset.state = this.over ? "over" : this.paused ? "paused" : "running";
    this.put("words", this.over ? labels.over : part.words);
    const [minutes, seconds] = [Math.floor(left / 60), left % 60];
    this.put("time", `${minutes}:${String(seconds).padStart(2, "0")}`);
    const told = labels.left.replace("{minutes}", minutes).replace("{seconds}", seconds);
    this.find("face").setAttribute("aria-label", told); // read when somebody goes there, never announced by itself
    this.put("button", this.over ? labels.onward : this.paused ? labels.resume : labels.pause);
    this.find("left").style.setProperty("--clock-gone", (1000 * part.gone) / (part.seconds || 1));
    this.breathe();
  }

  breathe() {
    const { breath } = this.data;
    const round = breath.reduce((sum, one) => sum + one.seconds, 0);
    const inside = !this.over && !this.paused && round > 0;
    this.find("breathing").hidden = !round;
    if (!inside) {
      this.put("breathing", "");
      this.breathing = null;
      return;
    }
    let at = this.gone % round;
    const number = breath.findIndex((one) => (at < one.seconds ? true : ((at -= one.seconds), false)));
    if (number === this.breathing) return;
    this.breathing = number;
    this.put("breathing", breath[number].words);
    if (this.still.matches) return;
    const circle = this.find("breath");
    circle.style.transitionDuration = `${breath[number].seconds - at}s`;
    circle.style.transform = `scale(${number % 2 ? CLOCK_SMALL : 1.16})`;
  }

  put(name, words) {
    const place = this.find(name);
    if (place.textContent !== words) place.textContent = words;
  }

  close() {
    clearInterval(this.ticking);
    clearInterval(this.saying);
    this.find("button").removeEventListener("click", this.onPress);
    if (!this.over) clockStored.write(this.store, { gone: this.gone, paused: true });
    this.chime.close();
  }
}

const clocks = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector("[data-testid=countdown]");
  const running = clocks.get(root);
  if (running) {
    running.trigger = setTriggerValue;
  } else {
    clocks.set(root, new Countdown(root, data, setTriggerValue));
  }
  return () => {
    clocks.get(root)?.close();
    clocks.delete(root);
  };
}
