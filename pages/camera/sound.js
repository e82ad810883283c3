// The coach's sounds: one soft tone for the movement, a lower one while something joins in, and silence at rest;
// a short cue for each thing that happens, spoken words, and a touch where the device can give one.

// A mouse opens the sound when it is pressed; a finger only when it is lifted.
const TOUCHES = ["pointerdown", "pointerup", "click", "keydown"];

const CUES = {
  // [frequency in Hz, start in s, length in s, loudness 0 to 1]
  move_start: [[330, 0, 0.3, 0.12], [392, 0.18, 0.45, 0.12]],
  hold_start: [[392, 0, 0.35, 0.16]],
  count: [[659, 0, 0.07, 0.07]],
  hold_done: [[523, 0, 0.9, 0.16], [659, 0.16, 0.9, 0.14], [784, 0.32, 1.2, 0.12]],
  release_start: [[392, 0, 0.3, 0.1], [330, 0.18, 0.5, 0.1]],
  rest_start: [[262, 0, 0.6, 0.07]],
  repetition_done: [[523, 0, 0.6, 0.12], [659, 0.14, 0.8, 0.12]],
  joined_end: [[220, 0, 0.25, 0.12], [294, 0.16, 0.4, 0.12]],
  warning: [[196, 0, 0.3, 0.24], [147, 0.26, 0.5, 0.24]],
  unseen: [[294, 0, 0.22, 0.1], [294, 0.32, 0.3, 0.1]],
  done: [[392, 0, 1.0, 0.14], [523, 0.22, 1.0, 0.14], [659, 0.44, 1.4, 0.14]],
};
const TOUCH_MS = { warning: [35, 70, 35], hold_done: [45] };

const TONE_HZ = [247, 311]; // from the least movement to the most that is asked for
const TONE_LOUDNESS = [0.03, 0.065];
const BUZZ_HZ = 110;
const BUZZ_LOUDNESS = 0.09;
const FULL_LOUDNESS = 1.5; // at 100; the usual 80 is about 1

class Sound {
  constructor(settings, onChange) {
    this.settings = settings;
    this.onChange = onChange;
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
      this.master.gain.value = this.loudness;
      this.master.connect(this.context.destination);
      this.makeTone();
      this.makeBuzz();
    }
    if (this.context && this.context.state !== "running") this.context.resume().catch(() => {});
  }

  get loudness() {
    return FULL_LOUDNESS * (this.settings.volume / 100) ** 2; // as the ear hears it
  }

  get off() {
    return this.settings.volume === 0;
  }

  get blocked() {
    return !this.off && this.context?.state !== "running";
  }

  get heard() {
    return !this.off && this.context?.state === "running";
  }

  adjust() {
    this.master?.gain.setTargetAtTime(this.loudness, this.context.currentTime, 0.05);
    if (this.off || !this.settings.words) window.speechSynthesis?.cancel();
    this.onChange();
  }

  makeTone() {
    this.pitch = this.context.createOscillator();
    this.pitch.frequency.value = TONE_HZ[0];
    this.level = this.silent();
    this.pitch.connect(this.level).connect(this.master);
    this.pitch.start();
  }

  // Low and soft: the upper partials, which small loudspeakers need to be heard at all, are rounded off.
  makeBuzz() {
    const buzz = this.context.createOscillator();
    buzz.type = "sawtooth";
    buzz.frequency.value = BUZZ_HZ;
    const rounded = this.context.createBiquadFilter();
    rounded.type = "lowpass";
    rounded.frequency.value = 3 * BUZZ_HZ;
    this.buzzing = this.silent();
    buzz.connect(rounded).connect(this.buzzing).connect(this.master);
    buzz.start();
  }

  silent() {
    const gain = this.context.createGain();
    gain.gain.value = 0;
    return gain;
  }

  // `amplitude` 0 to 1, or null for silence.
  tone(amplitude) {
    if (!this.context) return;
    const share = Math.min(1, Math.max(0, amplitude ?? 0));
    const between = ([low, high]) => low + share * (high - low);
    const now = this.context.currentTime;
    this.level.gain.setTargetAtTime((amplitude ?? null) === null ? 0 : between(TONE_LOUDNESS), now, 0.12);
    this.pitch.frequency.setTargetAtTime(between(TONE_HZ), now, 0.12);
  }

  buzz(isOn) {
    this.buzzing?.gain.setTargetAtTime(isOn ? BUZZ_LOUDNESS : 0, this.context.currentTime, isOn ? 0.2 : 0.1);
  }

  // Whether it was sounded.
  cue(name) {
    this.touch(TOUCH_MS[name]);
    if (!this.heard || !CUES[name]) return false;
    for (const [frequency, start, length, loudness] of CUES[name]) {
      const at = this.context.currentTime + start;
      const oscillator = this.context.createOscillator();
      const gain = this.context.createGain();
      oscillator.type = name === "warning" ? "triangle" : "sine";
      oscillator.frequency.value = frequency;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loudness, at + Math.min(0.04, length / 3));
      gain.gain.setTargetAtTime(0, at + length / 2, length / 5);
      oscillator.connect(gain).connect(this.master);
      oscillator.start(at);
      oscillator.stop(at + length * 1.6);
    }
    return true;
  }

  // A browser complains about a page that nobody has touched yet.
  touch(pulses) {
    if (!pulses || !this.settings.vibration || navigator.userActivation?.hasBeenActive === false) return;
    navigator.vibrate?.(pulses);
  }

  get speaks() {
    return this.settings.words && !this.off && Boolean(window.speechSynthesis);
  }

  say(sentence) {
    if (!this.speaks) return;
    speechSynthesis.cancel();
    this.utter(sentence);
  }

  // A number never talks over a sentence. Whether it was said.
  number(words) {
    if (!this.speaks || speechSynthesis.speaking) return false;
    this.utter(words);
    return true;
  }

  utter(words) {
    const sentence = new SpeechSynthesisUtterance(words);
    sentence.lang = document.documentElement.lang;
    sentence.rate = 0.9;
    sentence.volume = this.settings.volume / 100;
    speechSynthesis.speak(sentence);
  }

  hush() {
    this.quiet();
    window.speechSynthesis?.cancel();
  }

  quiet() {
    this.tone(null);
    this.buzz(false);
  }

  // `heard` lets a last sentence be said to its end.
  close(heard) {
    if (!heard) this.hush();
    for (const touch of TOUCHES) document.removeEventListener(touch, this.wake);
    this.context?.close();
  }
}
