// The replay of one repetition from its numbers: the line face moves as the person did, and what joined in is outlined.

const REPLAY_EVERY_MS = 40;
const REPLAY_HALF = 0.5;

class Replay {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.words = data.words;
    this.find = (name) => root.querySelector(`.face-${name}`);
    this.ends = new AbortController();
    this.face = new LineFace(this.find("picture"), { affected: data.affected });
    this.find("picture").setAttribute("aria-label", this.words.picture);
    this.length = data.at.at(-1) ?? 0;
    this.time = 0;
    this.speed = 1;
    this.playing = this.length > 0 && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.prepare();
    this.seen = new IntersectionObserver(([{ isIntersecting }]) => {
      this.isInView = isIntersecting;
      this.run();
    });
    this.seen.observe(root);
    this.show();
  }

  prepare() {
    const on = (name, event, act) => this.find(name).addEventListener(event, act, { signal: this.ends.signal });
    on("play", "click", () => this.toggle());
    on("half", "click", () => this.changeSpeed());
    on("moment", "input", () => this.goTo(Number(this.find("moment").value)));
    this.find("half").textContent = this.words.half;
    this.find("moment").max = this.length.toFixed(1);
    this.find("moment").setAttribute("aria-label", this.words.moment);
    this.find("marks").replaceChildren(...this.data.marks.map((mark) => this.mark(mark)));
    this.find("list").replaceChildren(...this.data.marks.map((mark) => this.item(mark)));
    this.find("list").hidden = !this.data.marks.length;
  }

  mark({ from, to }) {
    const mark = document.createElement("span");
    const share = (time) => `${(100 * Math.max(0, Math.min(1, this.length ? time / this.length : 0))).toFixed(2)}%`;
    mark.style.setProperty("--face-from", share(from));
    mark.style.setProperty("--face-to", share(to));
    return mark;
  }

  item({ from, words }) {
    const looks = { type: "button", className: "face-link", textContent: words };
    const button = Object.assign(document.createElement("button"), looks);
    button.addEventListener("click", () => this.goTo(from), { signal: this.ends.signal });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  toggle() {
    if (this.isOver) this.time = 0;
    this.playing = !this.playing;
    this.show();
    this.run();
  }

  changeSpeed() {
    this.speed = this.speed === 1 ? REPLAY_HALF : 1;
    this.find("half").setAttribute("aria-pressed", String(this.speed !== 1));
  }

  goTo(time) {
    this.playing = false;
    this.time = Math.max(0, Math.min(this.length, time));
    this.show();
  }

  get isOver() {
    return this.time >= this.length;
  }

  // Between two moments; unseen in either is unseen.
  readings() {
    const { at, rows, names } = this.data;
    const after = at.findIndex((moment) => moment >= this.time);
    const [one, other] = after < 0 ? [at.length - 1, at.length - 1] : [Math.max(0, after - 1), after];
    const span = at[other] - at[one];
    const share = span > 0 ? (this.time - at[one]) / span : 0;
    const between = (before, then) => (before === null || then === null ? null : before + share * (then - before));
    return Object.fromEntries(names.map((name, column) => [name, between(rows[one][column], rows[other][column])]));
  }

  show() {
    if (this.data.at.length) this.face.show(this.readings());
    const joining = this.data.marks.filter(({ from, to }) => this.time >= from && this.time <= to);
    this.face.joined(joining.map(({ area, side }) => [area, side]));
    const values = { at: this.time.toFixed(1), length: this.length.toFixed(1) };
    const moment = this.words.at.replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
    this.find("phase").textContent = moment;
    this.find("moment").value = this.time;
    this.find("moment").setAttribute("aria-valuetext", moment);
    this.find("play").textContent = this.playing ? this.words.pause : this.isOver ? this.words.again : this.words.play;
    this.root.dataset.playing = String(this.playing);
    this.root.dataset.at = this.time.toFixed(2);
  }

  run() {
    cancelAnimationFrame(this.next);
    if (!this.playing || !this.isInView) return;
    let before = performance.now();
    const step = (now) => {
      if (!this.playing) return;
      this.next = requestAnimationFrame(step);
      if (now - before < REPLAY_EVERY_MS) return;
      this.time = Math.min(this.length, this.time + ((now - before) / 1000) * this.speed);
      before = now;
      this.playing = !this.isOver;
      this.show();
    };
    this.next = requestAnimationFrame(step);
  }

  close() {
    cancelAnimationFrame(this.next);
    this.seen.disconnect();
    this.ends.abort();
  }
}

const facesShown = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".face-figure");
  const told = JSON.stringify(data);
  const before = facesShown.get(root);
  if (before?.told !== told) {
    before?.shown.close();
    const Kind = root.dataset.testid === "face-replay" ? Replay : ExerciseDrawing;
    facesShown.set(root, { told, shown: new Kind(root, data) });
  }
  return () => {
    facesShown.get(root)?.shown.close();
    facesShown.delete(root);
  };
}
