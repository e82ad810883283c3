// How loud, whether in words, whether by touch as well; chosen on this page and remembered by this browser.

const VOLUME = 80;

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

class Settings {
  constructor() {
    const volume = Number.parseInt(remembered("coach-volume", ""), 10);
    this.volume = volume >= 0 && volume <= 100 ? volume : VOLUME;
    this.words = remembered("coach-words", "on") !== "off";
    this.vibration = remembered("coach-vibration", "on") !== "off";
  }

  set(name, value) {
    this[name] = value;
    remember(`coach-${name}`, typeof value === "boolean" ? (value ? "on" : "off") : value);
  }
}

// The panel above the button “Sound”.
class SoundPanel {
  constructor(find, settings, sound, signal) {
    this.panel = find("settings");
    this.opener = find("sound");
    this.volume = find("volume");
    const on = (target, event, act) => target.addEventListener(event, act, { signal });
    this.volume.value = settings.volume;
    this.tell = () => (find("volume-told").textContent = this.volume.value);
    on(this.volume, "input", () => {
      settings.set("volume", this.volume.valueAsNumber);
      this.tell();
      sound.adjust();
    });
    for (const name of ["words", "vibration"]) {
      const box = find(`${name}-box`);
      box.checked = settings[name];
      on(box, "change", () => {
        settings.set(name, box.checked);
        sound.adjust();
      });
    }
    find("vibration-row").hidden = !navigator.vibrate;
    on(find("hear"), "click", () => {
      sound.open();
      sound.cue("hold_done");
    });
    on(find("settings-close"), "click", () => this.close());
    this.tell();
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  open() {
    this.panel.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.volume.focus();
  }

  close() {
    this.panel.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.focus();
  }
}
