// The drawing of one exercise: rest, ease in, hold, let go, and again; still where motion is unwelcome.

// Each phase and its milliseconds.
const DRAWN_PHASES = [["rest", 1800], ["move", 3000], ["hold", 2500], ["release", 3000], ["rest", 1200]];
const DRAWN_EVERY_MS = 40;
const DRAWN_ROUND_MS = 3600; // once round with the fingertips
const DRAWN_FINGER_MM = 3;
const DRAWN_FINGER_WAYS = {
  brow: [0, -1], eye: [0.9, -0.3], nose: [0.6, 0.6], cheek: [0.8, 0.4], mouth_corner: [0.9, 0.2], chin: [0, 1],
  neck: [0, 1],
};
const DRAWN_CALM = matchMedia("(prefers-reduced-motion: reduce)");

class ExerciseDrawing {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.find = (name) => root.querySelector(`.face-${name}`);
    this.ends = new AbortController();
    this.turns = data.oneSide ? (data.affected === "left" ? ["left", "right"] : ["right", "left"]) : [null];
    this.face = new LineFace(this.find("picture"), {
      affected: data.affected,
      quiet: this.quiet(this.turns[0]),
      touch: data.touch.map((area) => [area, null]),
      captions: !data.small,
      close: data.small,
    });
    this.find("picture").setAttribute("aria-label", data.label);
    this.find("words").textContent = data.small ? "" : data.sentence;
    root.classList.toggle("face-small", data.small);
    this.moves = data.touch.length > 0 || Object.keys(data.moves).length > 0;
    this.play = this.find("play");
    this.play.addEventListener("click", () => this.toggle(), { signal: this.ends.signal });
    DRAWN_CALM.addEventListener("change", () => this.begin(), { signal: this.ends.signal });
    this.seen = new IntersectionObserver(([{ isIntersecting }]) => this.inView(isIntersecting));
    this.seen.observe(root);
    this.begin();
  }

  begin() {
    this.stands = this.data.still || DRAWN_CALM.matches || !this.moves;
    this.root.dataset.motion = this.stands ? "still" : "moving";
    this.play.hidden = this.find("phase").hidden = this.stands || this.data.small;
    this.paused = false;
    this.elapsed = 0;
    this.turnTo(0);
    this.stands ? this.standStill() : this.show();
    this.showButton();
    this.run();
  }

  quiet(turn) {
    const resting = turn === "right" ? "left" : "right";
    return this.data.quiet.map(([area, side]) => [area, side === "resting" ? resting : side]);
  }

  turnTo(number) {
    this.turn = this.turns[number % this.turns.length];
    this.face.keepQuiet(this.quiet(this.turn));
  }

  readings(share) {
    const readings = {};
    for (const [movement, mm] of Object.entries(this.data.moves)) {
      if (FACE_MIDLINE.includes(movement)) readings[movement] = share * mm;
      else for (const side of this.turn ? [this.turn] : FACE_SIDES) readings[`${movement}_${side}`] = share * mm;
    }
    return readings;
  }

  standStill() {
    this.face.show(this.readings(1));
    this.face.ways(this.readings(1));
    this.face.fingers(() => [0, 0]);
    this.face.fingerWays((area) => (this.data.fingers === "circle" ? null : DRAWN_FINGER_WAYS[area]));
  }

  show() {
    const { phase, share, round } = this.at(this.elapsed);
    this.face.ways({});
    this.face.show(this.readings(share));
    this.face.fingers((area) => this.finger(area, share, this.elapsed));
    const side = this.turn ? `, ${this.data.words.sides[this.turn]}` : "";
    this.find("phase").textContent = `${this.data.words.phases[phase]}${phase === "rest" ? "" : side}`;
    this.root.dataset.phase = phase;
    if (round !== this.round) {
      this.round = round;
      this.turnTo(round);
    }
  }

  finger(area, share, elapsed) {
    const reach = DRAWN_FINGER_MM * share;
    if (this.data.fingers !== "circle") return DRAWN_FINGER_WAYS[area].map((way) => way * reach);
    const angle = (2 * Math.PI * elapsed) / DRAWN_ROUND_MS;
    return [reach * Math.cos(angle), reach * Math.sin(angle)];
  }

  // The phase at a time, and how far the movement has got: it sets off softly and comes to rest softly.
  at(elapsed) {
    const whole = DRAWN_PHASES.reduce((sum, [, length]) => sum + length, 0);
    const round = Math.floor(elapsed / whole);
    let left = elapsed % whole;
    for (const [phase, length] of DRAWN_PHASES) {
      if (left < length) {
        const eased = (1 - Math.cos((Math.PI * left) / length)) / 2;
        return { phase, round, share: { rest: 0, move: eased, hold: 1, release: 1 - eased }[phase] };
      }
      left -= length;
    }
    return { phase: "rest", round, share: 0 };
  }

  toggle() {
    this.paused = !this.paused;
    this.showButton();
    this.run();
  }

  showButton() {
    this.play.textContent = this.paused ? this.data.words.play : this.data.words.pause;
  }

  inView(isInView) {
    this.isInView = isInView;
    this.run();
  }

  // Moves only what can be seen; a hidden page is given no pictures by the browser.
  run() {
    cancelAnimationFrame(this.next);
    if (this.stands || this.paused || !this.isInView) return;
    let before = performance.now();
    const step = (now) => {
      this.next = requestAnimationFrame(step);
      if (now - before < DRAWN_EVERY_MS) return;
      this.elapsed += Math.min(now - before, 4 * DRAWN_EVERY_MS); // it goes on where it was after a pause
      before = now;
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
