// The coach's sounds: a soft tone while in the band, a lower cue when something joins in, chimes, and spoken words.

const SAY_EVERY_MS = 2000;
// A mouse opens the sound when it is pressed; a finger only when it is lifted.
const TOUCHES = ["pointerdown", "pointerup", "click", "keydown"];

const CUES = {
  // [frequency in Hz, start in s, length in s, loudness 0 to 1]
  hold_start: [[392, 0, 0.35, 0.16]],
  hold_done: [[523, 0, 0.9, 0.16], [659, 0.16, 0.9, 0.14], [784, 0.32, 1.2, 0.12]],
  repetition_done: [[523, 0, 0.6, 0.12], [659, 0.14, 0.8, 0.12]],
  done: [[392, 0, 1.0, 0.14], [523, 0.22, 1.0, 0.14], [659, 0.44, 1.4, 0.14]],
  warning: [[196, 0, 0.3, 0.3], [147, 0.26, 0.5, 0.3]],
};

function remembered(name, otherwise) {
  try {
    return localStorage.getItem(name) ?? otherwise;
  } catch {
    return otherwise; // storage may be switched off
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    /* storage may be switched off: the choice then holds for this page only */
  }
}

class Sound {
  constructor(onChange) {
    this.muted = remembered("coach-sound", "on") === "off";
    this.onChange = onChange;
    this.saidAt = -Infinity;
    this.waiting = null;
    this.wake = () => this.open();
    for (const touch of TOUCHES) document.addEventListener(touch, this.wake);
    if (navigator.userActivation?.hasBeenActive) this.open();
  }

  // Browsers let a page sound only after somebody has touched it.
  open() {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!this.context && Context) {
      this.context = new Context();
      this.context.onstatechange = this.onChange;
      this.master = this.context.createGain();
      this.master.gain.value = this.muted ? 0 : 1;
      this.master.connect(this.context.destination);
      this.makeTone();
    }
    if (this.context?.state !== "running") this.context?.resume();
  }

  get blocked() {
    return !this.muted && this.context?.state !== "running";
  }

  makeTone() {
    const oscillator = this.context.createOscillator();
    oscillator.frequency.value = 262;
    this.level = this.context.createGain();
    this.level.gain.value = 0;
    oscillator.connect(this.level).connect(this.master);
    oscillator.start();
  }

  tone(amplitude) {
    if (!this.context) return;
    this.level.gain.setTargetAtTime(0.06 * Math.min(1, amplitude ?? 0), this.context.currentTime, 0.12);
  }

  cue(name) {
    if (this.context?.state !== "running") return;
    for (const [frequency, start, length, loudness] of CUES[name] ?? []) {
      const at = this.context.currentTime + start;
      const oscillator = this.context.createOscillator();
      const gain = this.context.createGain();
      oscillator.type = name === "warning" ? "triangle" : "sine";
      oscillator.frequency.value = frequency;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loudness, at + 0.04);
      gain.gain.setTargetAtTime(0, at + length / 2, length / 5);
      oscillator.connect(gain).connect(this.master);
      oscillator.start(at);
      oscillator.stop(at + length * 1.6);
    }
  }

  // At most one sentence in two seconds; of those that come in between, the newest is said. What is urgent is said
  // at once or, being about this moment, not at all.
  say(words, urgent) {
    if (this.muted || !window.speechSynthesis) return;
    clearTimeout(this.waiting);
    const wait = urgent ? 0 : this.saidAt + SAY_EVERY_MS - performance.now();
    if (wait > 0) {
      this.waiting = setTimeout(() => this.say(words), wait);
      return;
    }
    this.saidAt = performance.now();
    const sentence = new SpeechSynthesisUtterance(words);
    sentence.lang = "en";
    sentence.rate = 0.9;
    speechSynthesis.cancel();
    speechSynthesis.speak(sentence);
  }

  hush() {
    clearTimeout(this.waiting);
    this.tone(0);
    window.speechSynthesis?.cancel();
  }

  mute(muted) {
    this.muted = muted;
    remember("coach-sound", muted ? "off" : "on");
    if (this.context) this.master.gain.setTargetAtTime(muted ? 0 : 1, this.context.currentTime, 0.05);
    if (muted) window.speechSynthesis?.cancel();
    this.onChange();
  }

  // `heard` lets a last sentence be said to its end.
  close(heard) {
    if (!heard) this.hush();
    for (const touch of TOUCHES) document.removeEventListener(touch, this.wake);
    this.context?.close();
  }
}
