// What stands in the place of the mirror for those who would rather not see themselves, and the drawing beside it.

const VIEWS = ["mirror", "line", "bars"];
const SIDED = [
  "brow_raise", "eye_narrowing", "cheek_raise", "fold_raise", "nose_wrinkle", "corner_up", "corner_out",
  "upper_lip_raise", "lower_lip_drop", "brow_draw_in",
];

const MIDLINE = ["pucker", "mouth_open", "chin_raise", "mouth_shift"];
const UNSEEN = Object.fromEntries(
  [...SIDED.flatMap((movement) => [`${movement}_right`, `${movement}_left`]), ...MIDLINE].map((name) => [name, null]),
);

const filled = (words, values) => words.replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);

// The area that joins in, in words: “Your right eye”.
function placed(words, area, side) {
  const values = { side: words.sides[side], area: words.areas[area] ?? "" };
  return filled(words.captions[side ? "ofSide" : "ofMiddle"], values);
}

// The person's own movements as a drawn face.
class LineView {
  constructor(svg, data) {
    this.face = new LineFace(svg, { quiet: data.quiet ?? [], captions: false });
    this.areas = data.areas;
    this.clear();
  }

  show(seen, joined) {
    this.face.show(seen.muted ? UNSEEN : { ...UNSEEN, ...seen.movements });
    this.face.joined(joined ? [[this.areas[joined.pattern], joined.side]] : []);
  }

  clear() {
    this.face.show(UNSEEN);
    this.face.joined([]);
  }
}

// Right and left as two bars with the band to reach, and the areas that stay quiet between them.
class BarsView {
  constructor(root, data) {
    this.root = root;
    this.words = data.words;
    this.areas = data.areas;
    this.sides = Object.fromEntries(
      ["right", "left"].map((side) => [side, root.querySelector(`[data-side="${side}"]`)]),
    );
    const list = root.querySelector(".coach-quiet");
    this.quiet = this.areasBySide(data.quiet ?? []).map(([area, side]) => {
      const item = document.createElement("li");
      item.textContent = side ? `${data.words.sides[side]} ${data.words.areas[area]}` : data.words.areas[area];
      list.append(item);
      return { area, side, item };
    });
    root.querySelector(".coach-quiet-title").hidden = !this.quiet.length;
  }

  // An area of both sides is told once.
  areasBySide(quiet) {
    const sides = new Map();
    for (const [area, side] of quiet) sides.set(area, sides.has(area) && sides.get(area) !== side ? null : side);
    return [...sides];
  }

  // Whether what joins in has its place here.
  show(seen, joined, aspect) {
    const measured = !seen.muted && (seen.led ?? "movement") === "movement";
    this.root.classList.toggle("coach-unmeasured", !measured);
    for (const [side, bar] of Object.entries(this.sides)) {
      const guide = measured && seen.guides?.find((one) => one.side === side);
      this.bar(bar, guide && progress(guide, aspect), guide?.in_band, Boolean(seen.side) && seen.side !== side);
    }
    const area = joined && this.areas[joined.pattern];
    let isTold = false;
    for (const { area: quiet, side, item } of this.quiet) {
      const joins = quiet === area && (!side || side === joined.side);
      item.classList.toggle("coach-joining", joins);
      isTold ||= joins;
    }
    return isTold;
  }

  bar(bar, at, inBand, resting) {
    bar.classList.toggle("coach-bar-unseen", !at);
    bar.classList.toggle("coach-bar-resting", resting);
    bar.classList.toggle("coach-bar-within", Boolean(at && inBand));
    bar.classList.toggle("coach-bar-over", Boolean(at && at.share > 1 && !inBand));
    if (!at) return;
    bar.style.setProperty("--coach-low", at.low);
    bar.style.setProperty("--coach-at", Math.min(Math.max(at.share, 0), 1.5));
  }

  clear() {
    for (const bar of Object.values(this.sides)) this.bar(bar, null, false, false);
    for (const { item } of this.quiet) item.classList.remove("coach-joining");
  }
}

// The movement as it is asked for, at the pace it is asked for; where motion is unwelcome, as it looks at its end.
class Drawing {
  constructor(find, data, signal) {
    this.aside = find("aside");
    this.toggle = find("put-away");
    this.labels = data.words.labels;
    this.drawing = data.drawing;
    this.aside.hidden = !this.drawing;
    if (!this.drawing) return;
    const { moves, touch, one_side: oneSide } = this.drawing;
    this.face = new LineFace(find("drawing"), {
      quiet: data.quiet ?? [], touch: (touch ?? []).map((area) => [area, null]), captions: false,
    });
    this.moves = moves ?? {};
    this.side = oneSide ? (data.affected ?? "right") : null;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.still.addEventListener("change", () => this.show({ task: this.task }), { signal });
    this.toggle.addEventListener("click", () => this.put(!this.isAway), { signal });
    this.put(remembered("coach-drawing", "shown") === "away");
    this.show({});
  }

  put(isAway) {
    this.isAway = isAway;
    remember("coach-drawing", isAway ? "away" : "shown");
    this.aside.classList.toggle("coach-away", isAway);
    this.aside.parentElement.classList.toggle("coach-beside", !isAway);
    this.toggle.textContent = isAway ? this.labels.showMovement : this.labels.putAway;
    this.toggle.setAttribute("aria-expanded", String(!isAway));
  }

  show({ pace, side, task }) {
    if (!this.drawing) return;
    if (this.drawing.one_side && side) this.side = side;
    this.task = task;
    const share = this.still.matches ? 1 : (pace ?? 0);
    const shown = `${share} ${this.side} ${task}`;
    if (shown === this.shown) return;
    this.shown = shown;
    const readings = {};
    const moves = this.drawing.tasks?.[task]?.moves ?? this.moves;
    for (const [movement, mm] of Object.entries(moves)) {
      for (const name of SIDED.includes(movement) ? this.sided(movement) : [movement]) readings[name] = share * mm;
    }
    this.face.show(readings);
    this.face.ways(this.still.matches ? readings : {});
  }

  sided(movement) {
    return (this.side ? [this.side] : ["right", "left"]).map((side) => `${movement}_${side}`);
  }
}

// The three ways to see oneself, as large choices: before the camera is opened, and again whenever they are wanted.
class Choices {
  constructor(find, words, signal, choose) {
    this.panel = find("choices");
    this.opener = find("change-view");
    this.text = find("choices-words");
    this.words = words;
    this.buttons = [...this.panel.querySelectorAll("[data-choice]")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => choose(button.dataset.choice), { signal });
    }
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  // `view`: what is seen now; null where nothing has been chosen yet, and then there is no way round it.
  open(view) {
    this.text.textContent = view ? this.words.captions.waiting : this.words.states.choosing.words;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.choice === view));
    this.reveal(true);
    if (view) this.buttons.find((button) => button.dataset.choice === view).focus();
  }

  close() {
    if (!this.isOpen) return;
    const hadFocus = this.panel.contains(document.activeElement);
    this.reveal(false);
    if (hadFocus) this.opener.focus();
  }

  // In the place of all else: nothing of the camera is behind them.
  reveal(isOpen) {
    this.panel.hidden = !isOpen;
    this.panel.parentElement.classList.toggle("coach-choosing", isOpen);
    this.opener.setAttribute("aria-expanded", String(isOpen));
  }
}
