// The line of words under the mirror, and what is spoken with it: one sentence at a time, at most one in two seconds.
// All that is spoken stands there as well. What joins in takes the next turn before anything else, or, being about
// this moment, none; what happens at this moment is told by outline and sound, which wait for nothing.

const TURN_MS = 2000;

// The count of a hold is no sentence: the ring shows it.
const isNumber = (words) => /^\d+$/.test(words);

class Captions {
  constructor(show, speak) {
    this.show = show;
    this.speak = speak;
    this.shown = "";
    this.at = -Infinity;
    this.waiting = { joined: null, spoken: null, message: "" };
  }

  hear({ message, say, cue, warning, phase }) {
    this.standing = warning?.pattern ?? null;
    if (this.waiting.spoken && this.waiting.spoken.phase !== phase) this.waiting.spoken = null;
    if (say && cue === "warning") this.waiting.joined = { words: say, about: this.standing };
    else if (say && !isNumber(say)) this.waiting.spoken = { words: say, phase };
    this.waiting.message = message;
    this.next();
  }

  // A sentence of the page's own.
  announce(words, phase) {
    this.waiting.spoken = { words, phase };
    this.next();
  }

  next() {
    clearTimeout(this.timer);
    const wait = this.at + TURN_MS - performance.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.next(), wait);
      return;
    }
    const { joined, spoken, message } = this.waiting;
    this.waiting.joined = null;
    if (joined && this.stillSo(joined)) this.tell(joined.words, true);
    else if (spoken) this.tell(spoken.words, true);
    else if (message !== this.shown) this.tell(message, false);
  }

  // What joins in still does; or, where no area stands for it (too large), it is still what there is to say.
  stillSo({ about, words }) {
    return about ? about === this.standing : words === this.waiting.message;
  }

  tell(words, aloud) {
    this.at = performance.now();
    this.waiting.spoken = null;
    this.shown = words;
    this.show(words);
    if (aloud) this.speak(words);
    if (this.waiting.message !== words) this.timer = setTimeout(() => this.next(), TURN_MS);
  }

  // How long until the last words waiting will have been begun.
  get wait() {
    return this.waiting.spoken ? Math.max(0, this.at + TURN_MS - performance.now()) : 0;
  }

  // Nothing of this moment is left to say; `last` words may still be.
  clear(last = false) {
    if (!last) {
      clearTimeout(this.timer);
      this.waiting.spoken = null;
    }
    this.waiting.joined = null;
    this.waiting.message = "";
    this.shown = "";
    this.show("");
  }

  close() {
    clearTimeout(this.timer);
  }
}
