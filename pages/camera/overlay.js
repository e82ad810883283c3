// What is drawn over the mirror: where the movement is, the band to reach, and the area that joined in.
// Points come as shares of the unmirrored picture; the picture is shown mirrored, so x is turned round here.

const COLOUR = { guide: "#56b4e9", joined: "#e69f00", light: "#ffffff", dark: "rgba(8, 18, 28, 0.75)" };
const ARC_RADIANS = 0.5; // half the width of the band's arc
const MOVING = ["move", "hold", "release"];
const BAND_AT_LEAST = 38; // CSS pixels from rest to the far edge of the band, where there is room
const OUTLINE_MS = 600; // an outline stays at least this long, so that it never flickers
const CHANGE_MS = 340; // and another takes its place no sooner: at most three changes in a second

// What joins in, as it is shown: { pattern, side, outline }, or null.
class Joined {
  constructor() {
    this.shown = null;
    this.since = -Infinity;
  }

  take(warning) {
    const now = performance.now();
    const shown = this.shown;
    if (warning && shown && warning.pattern === shown.pattern && warning.side === shown.side) {
      this.shown = warning.outline?.length ? warning : shown;
    } else if (warning && (!shown || now - this.since > CHANGE_MS)) {
      this.shown = warning;
      this.since = now;
    } else if (!warning && now - this.since > OUTLINE_MS) {
      this.shown = null;
    }
    return this.shown;
  }

  clear() {
    this.shown = null;
  }
}

// How far a movement has got along its way, 1 being the far edge of its band, and where the band begins.
function progress({ rest, now, band_low: low, band_high: high }, aspect) {
  const away = ([x, y]) => [(x - rest[0]) * aspect, y - rest[1]];
  const way = away(high);
  const far = way[0] ** 2 + way[1] ** 2;
  const along = (point) => {
    const [x, y] = away(point);
    return (x * way[0] + y * way[1]) / far;
  };
  return far > 1e-9 ? { low: Math.max(0, along(low)), share: along(now) } : null;
}

class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(canvas);
  }

  fit() {
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(this.canvas.clientWidth * scale);
    const height = Math.round(this.canvas.clientHeight * scale);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
  }

  get width() {
    return this.canvas.clientWidth;
  }

  get height() {
    return this.canvas.clientHeight;
  }

  place([x, y]) {
    return { x: (1 - x) * this.width, y: y * this.height };
  }

  clear() {
    this.pen.clearRect(0, 0, this.width, this.height);
  }

  // `bare`: the side, or "both", that has no marks on the face.
  draw(snapshot, outline, bare) {
    this.pen.clearRect(0, 0, this.width, this.height);
    const moving = MOVING.includes(snapshot.phase);
    const guides = snapshot.guides ?? [];
    const reach = this.reach(guides);
    for (const guide of guides) {
      const line = this.line(guide, reach);
      if (moving && line) this.gauge(line, guide);
      if (bare === "both" || bare === guide.side) continue;
      if (moving && line) this.band(line);
      this.marker(line?.now ?? this.place(guide.now), guide.in_band);
    }
    if (outline) this.stroke(outline.points);
  }

  // How far out a band may be drawn without meeting the one of the other side.
  reach(guides) {
    if (guides.length < 2) return BAND_AT_LEAST;
    const [one, other] = guides.map((guide) => this.place(guide.rest));
    return Math.min(BAND_AT_LEAST, 0.5 * Math.hypot(one.x - other.x, one.y - other.y));
  }

  // A few millimetres are a few pixels on a face at arm's length: there the band is drawn farther out, and the
  // marker runs out to it in proportion. `share` is how far the movement has got, 1 being the top of the band.
  line(guide, reach) {
    const rest = this.place(guide.rest);
    const away = (point) => {
      const { x, y } = this.place(point);
      return { x: x - rest.x, y: y - rest.y };
    };
    const high = away(guide.band_high);
    const far = Math.hypot(high.x, high.y);
    if (far < 0.5) return null;
    const { low, share } = progress(guide, this.width / this.height);
    const stretch = Math.max(1, reach / far);
    const now = away(guide.now);
    return {
      rest,
      now: { x: rest.x + now.x * stretch, y: rest.y + now.y * stretch },
      angle: Math.atan2(high.y, high.x),
      near: low * far * stretch,
      far: far * stretch,
      low,
      share,
    };
  }

  band({ rest, now, angle, near, far }) {
    const arc = (width, style) => {
      this.pen.beginPath();
      this.pen.arc(rest.x, rest.y, (near + far) / 2, angle - ARC_RADIANS, angle + ARC_RADIANS);
      this.pen.lineWidth = width;
      this.pen.strokeStyle = style;
      this.pen.stroke();
    };
    this.pen.lineCap = "round";
    this.pen.globalAlpha = 0.7; // the skin beneath stays to be seen
    arc(Math.max(far - near, 6) + 3, COLOUR.dark);
    arc(Math.max(far - near, 6), COLOUR.guide);
    this.pen.globalAlpha = 1;
    this.pen.beginPath();
    this.pen.moveTo(rest.x, rest.y);
    this.pen.lineTo(now.x, now.y);
    this.pen.lineWidth = 3;
    this.pen.strokeStyle = COLOUR.light;
    this.pen.stroke();
  }

  marker(now, inBand) {
    const radius = 8;
    this.pen.beginPath();
    this.pen.arc(now.x, now.y, radius, 0, 2 * Math.PI);
    this.pen.fillStyle = inBand ? COLOUR.light : COLOUR.dark;
    this.pen.fill();
    this.pen.lineWidth = 6;
    this.pen.strokeStyle = COLOUR.dark;
    this.pen.stroke();
    this.pen.lineWidth = 3;
    this.pen.strokeStyle = COLOUR.light;
    this.pen.stroke();
    if (inBand) this.tick(now.x, now.y, radius * 0.5);
  }

  tick(x, y, size) {
    this.pen.beginPath();
    this.pen.moveTo(x - size, y);
    this.pen.lineTo(x - size * 0.2, y + size * 0.8);
    this.pen.lineTo(x + size, y - size * 0.8);
    this.pen.lineWidth = 2;
    this.pen.strokeStyle = "#08121c";
    this.pen.stroke();
  }

  // The same movement, large enough to read out of the corner of an eye; each on its own side of the mirror.
  gauge({ low, share }, { side, in_band: inBand }) {
    const top = Math.max(this.height * 0.3, 104); // below the ring
    const bottom = this.height * 0.85;
    const x = side === "right" ? this.width - 26 : 26;
    const at = (part) => bottom - (Math.min(Math.max(part, -0.1), 1.6) / 1.6) * (bottom - top);
    this.rounded(x - 11, top - 8, 22, bottom - top + 16, 11);
    this.pen.fillStyle = COLOUR.dark;
    this.pen.fill();
    this.rounded(x - 9, at(1), 18, at(low) - at(1), 4);
    this.pen.fillStyle = COLOUR.guide;
    this.pen.globalAlpha = inBand ? 1 : 0.6;
    this.pen.fill();
    this.pen.globalAlpha = 1;
    const y = at(share);
    this.rounded(x - 16, y - 5, 32, 10, 5);
    this.pen.fillStyle = COLOUR.light;
    this.pen.fill();
    this.pen.lineWidth = share > 1 && !inBand ? 4 : 2;
    this.pen.strokeStyle = share > 1 && !inBand ? COLOUR.joined : "#08121c";
    this.pen.stroke();
  }

  // The canvas's own roundRect is missing in browsers of 2022 (Safari before 16, Firefox before 112).
  rounded(x, y, width, height, corner) {
    const radius = Math.max(0, Math.min(corner, width / 2, height / 2));
    this.pen.beginPath();
    this.pen.moveTo(x + radius, y);
    this.pen.arcTo(x + width, y, x + width, y + height, radius);
    this.pen.arcTo(x + width, y + height, x, y + height, radius);
    this.pen.arcTo(x, y + height, x, y, radius);
    this.pen.arcTo(x, y, x + width, y, radius);
    this.pen.closePath();
  }

  // The outline of what joins in, and the box around it: { left, right, top, bottom } in CSS pixels.
  outline(joined) {
    if (!joined?.outline?.length) return null;
    const points = joined.outline.map((point) => this.place(point));
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
    return { points, box };
  }

  stroke(points) {
    const along = (width, style, dash) => {
      this.pen.beginPath();
      points.forEach(({ x, y }, index) => (index ? this.pen.lineTo(x, y) : this.pen.moveTo(x, y)));
      this.pen.closePath();
      this.pen.setLineDash(dash);
      this.pen.lineJoin = "round";
      this.pen.lineWidth = width;
      this.pen.strokeStyle = style;
      this.pen.stroke();
      this.pen.setLineDash([]);
    };
    along(9, COLOUR.dark, []);
    along(5, COLOUR.joined, [12, 9]);
  }

  close() {
    this.resized.disconnect();
  }
}
