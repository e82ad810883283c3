// The live mirror: shows the camera, sends pictures to the coach, and shows and sounds what comes back.
// Pictures go one way and numbers the other: at most two are under way, and one that is too late is never sent.

const LONGEST_SIDE = 640;
const PICTURE_EVERY_MS = 1000 / 25;
const UNDER_WAY = 2;
const JPEG_QUALITY = 0.85;
const BACK_OFF_MS = [500, 1000, 2000, 4000];
const GIVE_UP_MS = 120_000;
const ENDED_WAIT_MS = 2000;
const LAST_SOUND_MS = 2500; // the last chime, before the summary takes the place of the mirror
const TRIES_TO_REACH = 3;
const FIGURES = 60; // pictures that the latency and the rate are taken over
const UNSEEN_MS = 3000; // so long unseen, and it is told to closed eyes,
const UNSEEN_AGAIN_MS = 8000; // and no sooner told again
const STILL_SEEN = ["starting", "taking_rest", "paused", "broken_frame"]; // not judged, and nothing to be done
const TOLD_STATES = [
  "lost", "unreached", "gone", "no_camera", "in_use", "busy", "elsewhere", "refused", "signed_out",
];
const NO_FRAME_MS = 250; // some browsers call nobody about the pictures of a video that is not displayed

class Mirror {
  constructor(root, data, trigger) {
    this.root = root;
    this.data = data;
    this.words = data.words;
    this.trigger = trigger;
    this.ends = new AbortController();
    this.find = (name) => root.querySelector(`.coach-${name}`);
    this.fillIn();
    this.video = this.find("video");
    this.picture = document.createElement("canvas");
    this.brush = this.picture.getContext("2d", { alpha: false, willReadFrequently: true });
    this.ticket = null; // once welcomed: the newest ticket to come back with
    this.practice = null;
    this.underWay = 0;
    this.nextPictureAt = 0;
    this.latencies = [];
    this.arrivals = [];
    this.toldUnseenAt = -Infinity;
    this.furnish();
    this.listen();
    this.view = data.view === "ask" ? null : VIEWS.includes(data.view) ? data.view : "mirror";
    this.showView();
    if (this.view) this.openCamera();
    else this.enter("choosing");
  }

  // Every word in the page's own markup comes from the catalogue.
  fillIn() {
    const words = (path) => path.split(".").reduce((part, name) => part[name], this.words);
    const label = (part) => part.setAttribute("aria-label", words(part.dataset.label));
    label(this.root);
    for (const part of this.root.querySelectorAll("[data-label]")) label(part);
    for (const part of this.root.querySelectorAll("[data-words]")) part.textContent = words(part.dataset.words);
  }

  furnish() {
    const { find, data, ends: { signal } } = this;
    this.settings = new Settings();
    this.sound = new Sound(this.settings, () => this.showButtons());
    this.panel = new SoundPanel(find, this.settings, this.sound, signal);
    this.captions = new Captions(
      (words) => (find("message").textContent = words),
      (words) => this.sound.say(words),
    );
    this.joined = new Joined();
    this.overlay = new Overlay(find("overlay"));
    this.half = new HalfMirror(find("half"), this.video);
    this.lineView = new LineView(find("line-face"), data);
    this.barsView = new BarsView(find("bars"), data);
    this.drawing = new Drawing(find, data, signal);
    this.choices = new Choices(find, this.words, signal, (view) => this.choose(view));
  }

  listen() {
    const on = (target, event, act) => target.addEventListener(event, act, { signal: this.ends.signal });
    on(this.find("pause"), "click", () => (this.state === "live" ? this.pause("paused") : this.goOn()));
    on(this.find("stop"), "click", () => this.stop());
    for (const touch of ["pointerdown", "keydown"]) {
      // The first touch opens the sound before the click arrives, which then asks for nothing more.
      on(this.find("sound"), touch, () => (this.touchOpens = this.sound.blocked));
    }
    on(this.find("sound"), "click", () => this.showSound());
    on(this.find("change-view"), "click", () => (this.choices.isOpen ? this.closeChoices() : this.openChoices()));
    on(this.root, "keydown", (press) => press.key === "Escape" && this.putDown(press));
    on(this.find("card-button"), "click", () => this.goOn());
    on(document, "visibilitychange", () => document.hidden && this.state === "live" && this.pause("away"));
    on(window, "pagehide", () => this.socket?.close());
    on(window, "coach-signed-out", (told) => this.signedOut(told));
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
    this.unseenSince = null;
    const { title, words: usual, button } = this.words.states[state] ?? {};
    if (state === "choosing") this.choices.open(null);
    if (["live", "ended"].includes(state)) this.choices.close();
    this.find("card").hidden = !title || state === "choosing";
    if (title) {
      const told = filled(words || usual, { port: location.port ? `:${location.port}` : "" });
      this.find("card").querySelector("h3").textContent = title;
      this.find("card-words").textContent = told;
      this.find("card-button").textContent = button ?? "";
      this.find("card-button").hidden = !button;
      for (const part of [this.overlay, this.joined, this.half, this.lineView, this.barsView]) part.clear();
      for (const part of ["tag", "phase", "ring", "foot-note"]) this.find(part).hidden = true;
      Object.assign(this.root.dataset, { warning: "", half: "false" });
      this.captions.clear(this.finished);
      if (this.finished) this.sound.quiet();
      else this.sound.hush();
      if (this.data.eyesClosed && TOLD_STATES.includes(state)) this.captions.announce(`${title}. ${told}`);
    }
    this.showButtons();
  }

  goOn() {
    if (["denied", "no_camera", "in_use", "insecure"].includes(this.state)) this.openCamera();
    else if (["paused", "away"].includes(this.state)) this.resume();
    else if (["busy", "elsewhere"].includes(this.state)) this.connect();
    else if (this.state === "signed_out") this.comeBack();
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
    const goOn = () => this.trigger("ended", { practice: this.practice, ending });
    const heard = this.captions.wait + LAST_SOUND_MS;
    this.enter("ended", this.finished && this.lastWords);
    this.closeCamera();
    if (this.finished) this.leaving = setTimeout(goOn, heard);
    else goOn();
  }

  showSound() {
    if (this.touchOpens || this.sound.blocked) this.sound.open();
    else this.panel.toggle();
    this.touchOpens = false;
  }

  showButtons() {
    const { labels, captions } = this.words;
    const paused = ["paused", "away"].includes(this.state);
    const running = this.state === "live" || paused;
    this.find("pause").textContent = paused ? labels.resume : labels.pause;
    this.find("pause").disabled = !running;
    this.find("stop").textContent = labels.stop;
    this.find("stop").disabled = this.state === "ended";
    this.find("change-view").disabled = ["choosing", "ended"].includes(this.state);
    const { off, blocked } = this.sound;
    this.find("sound").textContent = blocked ? labels.tapForSound : off ? labels.soundOff : labels.sound;
    const unheard = this.find("unheard");
    unheard.hidden = !this.data.eyesClosed || !running || !(off || blocked);
    unheard.textContent = off ? captions.soundIsOff : captions.tapToHear;
  }

  // -- views -------------------------------------------------------------------------------------------------

  showView() {
    this.root.dataset.view = this.view ?? "";
    this.half.clear();
    this.find("tag").hidden = true;
  }

  // The practice waits while there is something to choose.
  openChoices() {
    if (this.panel.isOpen) this.panel.close();
    this.goesOn = this.state === "live";
    if (this.goesOn) this.pause("paused");
    this.choices.open(this.view);
  }

  closeChoices() {
    this.choices.close();
    if (this.goesOn && this.state === "paused") this.resume();
    this.goesOn = false;
  }

  choose(view) {
    const isFirst = this.state === "choosing";
    const isNew = view !== this.view;
    this.view = view;
    this.showView();
    this.closeChoices();
    if (isFirst) this.openCamera();
    if (isNew) this.trigger("view", view);
  }

  putDown(press) {
    if (this.panel.isOpen) this.panel.close();
    else if (this.choices.isOpen && this.view) this.closeChoices();
    else return;
    press.stopPropagation();
  }

  get isHalved() {
    return this.view === "mirror" && Boolean(this.data.halfMirror && this.data.affected);
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
      this.half.draw(this.data.affected);
      this.offer(now, frame?.captureTime);
    };
    this.nextFrame(onFrame);
  }

  nextFrame(act) {
    if (!this.video.requestVideoFrameCallback) {
      requestAnimationFrame((now) => act(now));
      return;
    }
    const frame = this.video.requestVideoFrameCallback((now, about) => {
      clearTimeout(waited);
      act(now, about);
    });
    const shown = this.video.currentTime;
    const waited = setTimeout(() => {
      if (!this.stream || this.video.currentTime === shown) return; // no new picture: there is nothing to miss
      this.video.cancelVideoFrameCallback(frame);
      requestAnimationFrame((now) => act(now));
    }, NO_FRAME_MS);
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
    this.comesBack = false;
    clearTimeout(this.leaving);
    if (this.stopping) this.send({ type: "stop" });
    else if (this.state === "signed_out") this.openCamera();
    else if (this.choices.isOpen && this.state !== "live") {
      this.goesOn ||= this.state !== "paused";
      this.pause("paused");
    } else if (["connecting", "lost", "unreached", "busy", "elsewhere", "gone"].includes(this.state)) this.resume();
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

  // The page of streamlit_app.py asks, and loads itself again unless there is something to be told first.
  signedOut(told) {
    if (!this.ticket || this.over || this.stopping || this.comesBack) return;
    told.preventDefault();
    clearTimeout(this.reconnecting);
    this.socket?.close();
    this.socket = null;
    if (this.state === "signed_out") return;
    this.closeCamera();
    this.enter("signed_out");
    this.leaving = setTimeout(() => location.reload(), GIVE_UP_MS); // then there is nothing to come back to
  }

  // Whoever has signed in meanwhile, in another window, goes on where they were; anybody else comes to the door.
  comeBack() {
    this.comesBack = true;
    this.connect();
  }

  // -- what the coach saw ------------------------------------------------------------------------------------

  snapshot(seen) {
    this.underWay = Math.max(0, this.underWay - 1);
    if (this.state !== "live") return;
    const joined = this.joined.take(seen.warning);
    this.sound.tone(seen.tone);
    this.sound.buzz(Boolean(joined));
    if (seen.cue) this.cue(seen.cue, seen.say);
    if (this.data.eyesClosed) this.tellUnseen(seen);
    this.captions.hear(seen);
    if (seen.done) this.lastWords = `${seen.message} ${this.words.states.ended.words}`;
    this.half.follow(this.isHalved ? seen.midline : null);
    this.tell(seen);
    this.draw(seen, joined);
    this.figures(seen, joined, performance.now());
  }

  // A count that comes with its number is said, any other ticks softly.
  cue(name, say) {
    const said = name === "count" && say && isNumber(say) && this.sound.number(say);
    const sounded = said || this.sound.cue(name);
    const detail = { cue: name, at: performance.now(), sounded };
    this.root.dispatchEvent(new CustomEvent("coach-cue", { bubbles: true, detail }));
  }

  // Open eyes read what keeps the coach from seeing; closed ones are told when it lasts.
  tellUnseen({ reason, message, phase }) {
    const now = performance.now();
    if (!reason || STILL_SEEN.includes(reason)) this.unseenSince = null;
    else this.unseenSince ??= now;
    if (this.unseenSince === null || now - this.unseenSince < UNSEEN_MS) return;
    if (now - this.toldUnseenAt < UNSEEN_AGAIN_MS) return;
    this.cue("unseen");
    this.captions.announce(message, phase);
    this.toldUnseenAt = now + this.captions.wait;
  }

  // Phase, count and what else there is to know at a glance, whatever the view.
  tell(seen) {
    const { captions, phases, sides } = this.words;
    const phase = phases[seen.led]?.[seen.phase] ?? phases.movement[seen.phase] ?? "";
    const ofSide = seen.side && MOVING.includes(seen.phase);
    this.show("phase", ofSide ? filled(captions.phaseOfSide, { phase, side: sides[seen.side] }) : phase);
    this.find("repetition").textContent = filled(captions.repetition, seen);
    const held = seen.phase === "hold" && seen.hold_count > 0;
    this.find("held").textContent = held ? filled(captions.held, { count: seen.hold_count }) : "";
    this.find("ring").style.setProperty("--coach-share", seen.hold_share ?? 0);
    this.find("ring").hidden = !seen.repetition;
    const halved = this.half.isShown && filled(captions.halfMirror, { side: sides[this.healthy] });
    this.show("foot-note", seen.muted ? captions.byFeel : halved || "");
    this.root.dataset.half = this.half.isShown;
  }

  get healthy() {
    return { right: "left", left: "right" }[this.data.affected];
  }

  show(part, words) {
    const place = this.find(part);
    if (place.textContent !== words) place.textContent = words;
    place.hidden = !words;
  }

  // Words and sounds go on where a browser cannot draw.
  draw(seen, joined) {
    try {
      this.drawing.show(seen);
      if (this.view === "mirror") this.drawMirror(seen, joined);
      if (this.view === "line") this.lineView.show(seen, joined);
      const isTold = this.view === "bars" && this.barsView.show(seen, joined, this.aspect);
      if (this.view !== "mirror") this.show("tag", joined && !isTold ? this.placed(joined) : "");
    } catch (error) {
      if (!this.undrawn) console.error(error);
      this.undrawn = true;
    }
  }

  drawMirror(seen, joined) {
    const outline = this.overlay.outline(joined);
    const bare = this.data.eyesClosed ? "both" : this.half.isShown ? this.data.affected : null; // nothing to mark there
    this.overlay.draw(seen, outline, bare);
    this.show("tag", joined ? this.placed(joined) : "");
    if (outline) this.label(outline.box);
  }

  placed({ pattern, side }) {
    return placed(this.words, this.data.areas[pattern], side);
  }

  get aspect() {
    return this.picture.width / this.picture.height;
  }

  label(box) {
    const tag = this.find("tag");
    const ring = this.find("ring");
    const phase = this.find("phase");
    const above = Math.max(box.top - tag.offsetHeight - 8, phase.offsetTop + phase.offsetHeight + 4);
    const top = above + tag.offsetHeight < box.top + 4 ? above : box.bottom + 8;
    const free = top < ring.offsetTop + ring.offsetHeight + 4 ? ring.offsetLeft : this.overlay.width;
    const left = (box.left + box.right - tag.offsetWidth) / 2;
    const x = Math.max(4, Math.min(left, free - tag.offsetWidth - 4));
    tag.style.transform = `translate(${x}px, ${top}px)`;
  }

  note(words) {
    this.show("trouble", words);
  }

  figures(seen, joined, drawn) {
    if (seen.captured !== null) this.latencies = [...this.latencies, drawn - seen.captured * 1000].slice(-FIGURES);
    this.arrivals = [...this.arrivals, drawn].slice(-FIGURES);
    const sorted = [...this.latencies].sort((a, b) => a - b);
    const quantile = (share) => sorted[Math.floor(sorted.length * share)]?.toFixed(0) ?? "";
    const span = drawn - this.arrivals[0];
    Object.assign(this.root.dataset, {
      phase: seen.phase,
      repetition: seen.repetition,
      warning: joined?.pattern ?? "",
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
    this.captions.close();
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
