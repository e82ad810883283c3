// The live mirror: shows the camera, sends pictures to the coach, and shows and sounds what comes back.
// Pictures go one way and numbers the other: at most two are under way, and one that is too late is never sent.

const LONGEST_SIDE = 640;
const PICTURE_EVERY_MS = 1000 / 25;
const UNDER_WAY = 2;
const JPEG_QUALITY = 0.85;
const BACK_OFF_MS = [500, 1000, 2000, 4000];
const GIVE_UP_MS = 120_000;
const MESSAGE_EVERY_MS = 2000;
const ENDED_WAIT_MS = 2000;
const LAST_SOUND_MS = 2500; // the last chime, before the summary takes the place of the mirror
const TRIES_TO_REACH = 3;
const FIGURES = 60; // pictures that the latency and the rate are taken over

class Mirror {
  constructor(root, data, trigger) {
    this.root = root;
    this.data = data;
    this.trigger = trigger;
    this.find = (name) => root.querySelector(`.coach-${name}`);
    this.video = this.find("video");
    this.overlay = new Overlay(this.find("overlay"));
    this.sound = new Sound(() => this.showButtons());
    this.picture = document.createElement("canvas");
    this.brush = this.picture.getContext("2d", { alpha: false, willReadFrequently: true });
    this.faceHidden = remembered("coach-face", "shown") === "hidden";
    this.ticket = null; // once welcomed: the newest ticket to come back with
    this.practice = null;
    this.underWay = 0;
    this.nextPictureAt = 0;
    this.latencies = [];
    this.arrivals = [];
    this.saidAt = -Infinity;
    this.ends = new AbortController();
    this.listen();
    this.showButtons();
    this.openCamera();
  }

  listen() {
    const on = (target, event, act) => target.addEventListener(event, act, { signal: this.ends.signal });
    on(this.find("pause"), "click", () => (this.state === "live" ? this.pause("paused") : this.goOn()));
    on(this.find("stop"), "click", () => this.stop());
    for (const touch of ["pointerdown", "keydown"]) {
      // The first touch opens the sound before the click arrives, which must then not mute it.
      on(this.find("sound"), touch, () => (this.touchOpens = this.sound.blocked));
    }
    on(this.find("sound"), "click", () => this.toggleSound());
    on(this.find("face"), "click", () => this.toggleFace());
    on(this.find("card-button"), "click", () => this.goOn());
    on(document, "visibilitychange", () => document.hidden && this.state === "live" && this.pause("away"));
    on(window, "pagehide", () => this.socket?.close());
  }

  update(data, trigger) {
    this.data = data;
    this.trigger = trigger;
    if (this.renewing) {
      this.renewing = false;
      this.connect();
    }
  }

  // -- states ------------------------------------------------------------------------------------------------

  enter(state, words) {
    this.state = state;
    this.root.dataset.state = state;
    if (state !== "live") this.root.dataset.judged = "false";
    const { title, words: usual, button } = STATES[state] ?? {};
    this.find("card").hidden = !title;
    if (title) {
      this.find("card-title").textContent = title;
      this.find("card-words").textContent = words || usual;
      this.find("card-button").textContent = button ?? "";
      this.find("card-button").hidden = !button;
      this.overlay.clear();
      this.say("", true);
      for (const part of ["tag", "phase", "ring"]) this.find(part).hidden = true;
      this.root.dataset.warning = "";
      if (this.finished) this.sound.tone(0);
      else this.sound.hush();
    }
    this.showButtons();
  }

  goOn() {
    if (["denied", "no_camera", "in_use", "insecure"].includes(this.state)) this.openCamera();
    else if (["paused", "away"].includes(this.state)) this.resume();
    else if (["busy", "elsewhere"].includes(this.state)) this.connect();
    else if (["refused", "unreached", "gone"].includes(this.state)) location.reload();
  }

  pause(state) {
    this.send({ type: "pause" });
    this.enter(state);
  }

  resume() {
    this.send({ type: "resume" });
    this.enter("live");
    this.keepAwake();
  }

  stop() {
    this.send({ type: "stop" });
    this.stopping = true;
    this.closeCamera();
    const trying = this.socket?.readyState === WebSocket.CONNECTING;
    if (this.state === "lost" && !trying) this.connect(); // now or never: once welcomed it says stop
    // Where the coach cannot be reached it will see for itself that nobody came back.
    setTimeout(() => this.end("stopped"), ENDED_WAIT_MS);
    this.enter("ended");
  }

  end(ending) {
    if (this.over) return;
    this.over = true;
    this.finished = ending === "finished" && !this.stopping;
    this.enter("ended");
    this.closeCamera();
    const goOn = () => this.trigger("ended", { practice: this.practice, ending });
    if (this.finished) this.leaving = setTimeout(goOn, LAST_SOUND_MS);
    else goOn();
  }

  toggleSound() {
    if (this.touchOpens || this.sound.blocked) this.sound.open();
    else this.sound.mute(!this.sound.muted);
    this.touchOpens = false;
  }

  toggleFace() {
    this.faceHidden = !this.faceHidden;
    remember("coach-face", this.faceHidden ? "hidden" : "shown");
    this.showButtons();
  }

  showButtons() {
    const paused = ["paused", "away"].includes(this.state);
    const running = this.state === "live" || paused;
    this.find("pause").textContent = paused ? LABELS.resume : LABELS.pause;
    this.find("pause").disabled = !running;
    this.find("stop").textContent = LABELS.stop;
    this.find("stop").disabled = this.state === "ended";
    const sound = this.find("sound");
    sound.textContent = this.sound.blocked
      ? LABELS.tapForSound
      : this.sound.muted ? LABELS.soundOff : LABELS.soundOn;
    sound.setAttribute("aria-pressed", String(!this.sound.muted));
    const face = this.find("face");
    face.textContent = this.faceHidden ? LABELS.faceHidden : LABELS.faceShown;
    face.setAttribute("aria-pressed", String(!this.faceHidden));
    this.root.classList.toggle("coach-hidden-face", this.faceHidden);
  }

  // -- camera ------------------------------------------------------------------------------------------------

  async openCamera() {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.enter("insecure");
      return;
    }
    this.enter("asking");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, facingMode: "user" },
      });
      if (this.over || this.stopping) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.stream = stream;
    } catch (error) {
      if (this.over || this.stopping) return;
      this.enter(
        { NotFoundError: "no_camera", OverconstrainedError: "no_camera", NotReadableError: "in_use",
          AbortError: "in_use" }[error.name] ?? "denied",
      );
      return;
    }
    const stream = this.stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.cameraGone());
    this.video.srcObject = stream;
    await this.video.play().catch(() => {}); // it plays as soon as the browser lets it
    if (this.stream !== stream) return; // closed in the meantime
    this.enter("connecting");
    this.watchVideo();
    if (this.socket?.readyState === WebSocket.OPEN && this.practice) this.resume();
    else this.connect();
  }

  cameraGone() {
    if (this.over) return;
    this.send({ type: "pause" });
    this.closeCamera();
    this.enter("no_camera");
  }

  closeCamera() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    this.awake?.release().catch(() => {});
  }

  // A browser lets go of this by itself whenever the page is hidden.
  async keepAwake() {
    const isKept = () => this.awake && !this.awake.released;
    if (isKept()) return;
    try {
      const awake = await navigator.wakeLock?.request("screen");
      if (!this.stream || isKept()) await awake?.release();
      else this.awake = awake;
    } catch {
      /* a screen that may dim does no harm */
    }
  }

  watchVideo() {
    const stream = this.stream;
    const onFrame = (now, frame) => {
      if (!stream || this.stream !== stream) return;
      this.nextFrame(onFrame);
      this.offer(now, frame?.captureTime);
    };
    this.nextFrame(onFrame);
  }

  nextFrame(act) {
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(act);
    else requestAnimationFrame((now) => act(now));
  }

  offer(now, captureTime) {
    const { videoWidth, videoHeight } = this.video;
    const ready = this.state === "live" && this.socket?.readyState === WebSocket.OPEN && videoWidth;
    if (!ready || this.underWay >= UNDER_WAY || now < this.nextPictureAt - 8) return;
    this.nextPictureAt = Math.max(this.nextPictureAt + PICTURE_EVERY_MS, now);
    const captured = captureTime > now - 500 && captureTime <= now ? captureTime : now;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
    this.shape(Math.round(videoWidth * scale), Math.round(videoHeight * scale));
    this.brush.drawImage(this.video, 0, 0, this.picture.width, this.picture.height);
    this.underWay += 1;
    const socket = this.socket;
    this.picture.toBlob((jpeg) => this.sendPicture(socket, captured, jpeg), "image/jpeg", JPEG_QUALITY);
  }

  shape(width, height) {
    if (this.picture.width === width && this.picture.height === height) return;
    this.picture.width = width;
    this.picture.height = height;
    this.root.style.setProperty("--coach-aspect", `${width / height}`);
  }

  sendPicture(socket, captured, jpeg) {
    if (socket !== this.socket) return; // taken for a connection that is gone
    if (!jpeg || socket.readyState !== WebSocket.OPEN) {
      this.underWay -= 1;
      return;
    }
    const seconds = new DataView(new ArrayBuffer(8));
    seconds.setFloat64(0, captured / 1000, true);
    socket.send(new Blob([seconds.buffer, jpeg]));
  }

  // -- socket ------------------------------------------------------------------------------------------------

  connect() {
    clearTimeout(this.reconnecting);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
    this.socket = socket;
    this.underWay = 0;
    this.answered = false;
    socket.onopen = () => {
      this.reached = true;
      this.send({ type: "hello", ticket: this.ticket ?? this.data.ticket });
    };
    socket.onmessage = ({ data }) => socket === this.socket && this.hear(JSON.parse(data));
    socket.onclose = () => socket === this.socket && this.lose();
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  lose() {
    if (this.over || this.answered) return;
    if (this.stopping) {
      this.end("stopped");
      return;
    }
    this.lostAt ??= performance.now();
    this.tries = (this.tries ?? 0) + 1;
    if (performance.now() - this.lostAt > GIVE_UP_MS) {
      this.enter("gone");
      return;
    }
    const lost = this.reached || this.tries < TRIES_TO_REACH ? "lost" : "unreached";
    if (["live", "connecting", "lost"].includes(this.state)) this.enter(lost);
    this.reconnecting = setTimeout(() => this.connect(), BACK_OFF_MS[Math.min(this.tries, BACK_OFF_MS.length) - 1]);
  }

  hear(message) {
    const act = {
      welcome: () => this.welcome(message),
      ticket: () => (this.ticket = message.ticket),
      snapshot: () => this.snapshot(message),
      problem: () => this.note(message.message),
      saved: () => this.note(""),
      refused: () => this.refused(message),
      ended: () => this.end(message.ending),
    }[message.type];
    act?.();
  }

  welcome({ ticket, practice }) {
    this.ticket = ticket;
    this.practice = practice;
    this.lostAt = undefined;
    this.latencies = [];
    this.arrivals = [];
    this.tries = 0;
    if (this.stopping) this.send({ type: "stop" });
    else if (["connecting", "lost", "unreached", "busy", "elsewhere", "gone"].includes(this.state)) this.resume();
    else if (this.state !== "live") this.send({ type: "pause" });
  }

  refused({ reason, message }) {
    this.answered = true; // the close that follows is expected
    if (this.stopping) {
      this.end("stopped");
      return;
    }
    if (reason === "ticket_expired" && !this.ticket) {
      this.renewing = true;
      this.trigger("renew", Date.now()); // the page is run again and brings a fresh ticket
      this.socket = null;
      return;
    }
    this.enter({ busy: "busy", taken_over: "elsewhere" }[reason] ?? "refused", message);
  }

  // -- what the coach saw ------------------------------------------------------------------------------------

  snapshot(seen) {
    this.underWay = Math.max(0, this.underWay - 1);
    if (this.state !== "live") return;
    this.sound.tone(seen.tone);
    if (seen.cue) this.sound.cue(seen.cue);
    if (seen.say) this.sound.say(seen.say, seen.cue === "warning" || seen.done);
    const outline = this.overlay.joined(seen.warning);
    this.find("phase").textContent = PHASES[seen.phase] ?? "";
    this.find("phase").hidden = false;
    this.find("count").textContent = seen.repetition ? `${seen.repetition} of ${seen.repetitions}` : "";
    this.find("ring").style.setProperty("--coach-share", seen.hold_share ?? 0);
    this.find("ring").hidden = !seen.repetition;
    const joinedIn = outline && this.root.dataset.warning === "";
    this.say(seen.message, joinedIn || seen.phase !== this.root.dataset.phase);
    this.draw(seen, outline);
    this.figures(seen, outline, performance.now());
  }

  // Words and sounds go on where a browser cannot draw.
  draw(seen, outline) {
    try {
      this.overlay.draw(seen, outline, this.data.eyesClosed);
      this.label(outline);
    } catch (error) {
      if (!this.undrawn) console.error(error);
      this.undrawn = true;
    }
  }

  label(outline) {
    const tag = this.find("tag");
    tag.hidden = !outline;
    if (!outline) return;
    const { warning, box } = outline;
    const area = AREAS[this.data.areas[warning.pattern]] ?? "";
    tag.textContent = `Your ${warning.side ? `${warning.side} ` : ""}${area}`;
    const ring = this.find("ring");
    const phase = this.find("phase");
    const above = Math.max(box.top - tag.offsetHeight - 8, phase.offsetTop + phase.offsetHeight + 4);
    const top = above + tag.offsetHeight < box.top + 4 ? above : box.bottom + 8;
    const free = top < ring.offsetTop + ring.offsetHeight + 4 ? ring.offsetLeft : this.overlay.width;
    const left = (box.left + box.right - tag.offsetWidth) / 2;
    const x = Math.max(4, Math.min(left, free - tag.offsetWidth - 4));
    tag.style.transform = `translate(${x}px, ${top}px)`;
  }

  // One sentence at a time, at most one in two seconds, unless something joins in or a new phase begins.
  say(sentence, urgent) {
    clearTimeout(this.saying);
    const line = this.find("message");
    if (line.textContent === sentence) return;
    const wait = urgent ? 0 : this.saidAt + MESSAGE_EVERY_MS - performance.now();
    if (wait > 0) {
      this.saying = setTimeout(() => this.say(sentence, true), wait);
      return;
    }
    line.textContent = sentence;
    this.saidAt = performance.now();
  }

  note(words) {
    this.find("note").textContent = words;
    this.find("note").hidden = !words;
  }

  figures(seen, outline, drawn) {
    if (seen.captured !== null) this.latencies = [...this.latencies, drawn - seen.captured * 1000].slice(-FIGURES);
    this.arrivals = [...this.arrivals, drawn].slice(-FIGURES);
    const sorted = [...this.latencies].sort((a, b) => a - b);
    const quantile = (share) => sorted[Math.floor(sorted.length * share)]?.toFixed(0) ?? "";
    const span = drawn - this.arrivals[0];
    Object.assign(this.root.dataset, {
      phase: seen.phase,
      repetition: seen.repetition,
      warning: outline?.warning.pattern ?? "",
      judged: seen.judged,
      fps: span ? (((this.arrivals.length - 1) * 1000) / span).toFixed(1) : "0",
      latencyMs: quantile(0.5),
      latencyP95Ms: quantile(0.95),
    });
  }

  close() {
    this.over = true;
    clearTimeout(this.leaving);
    clearTimeout(this.reconnecting);
    clearTimeout(this.saying);
    this.ends.abort();
    this.closeCamera();
    this.socket?.close();
    this.socket = null;
    this.sound.close(this.finished);
    this.overlay.close();
  }
}

const mirrors = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  document.documentElement.lang = "en"; // Streamlit's page names no language that follows the words on it
  const root = parentElement.querySelector('[data-testid="practice-live"]');
  const mirror = mirrors.get(root);
  if (mirror) mirror.update(data, setTriggerValue);
  else mirrors.set(root, new Mirror(root, data, setTriggerValue));
  return () => {
    mirrors.get(root)?.close();
    mirrors.delete(root);
  };
}
