// The half-mirrored view: the other side's half of the picture, turned over the midline of the face, follows the head.

const MIDLINE_NEW = 0.5; // of each new midline; the rest is the one before, so that the seam lies still
const MIDLINE_KEPT_MS = 400; // over a picture or two without one, so that the view does not flicker
const SEAM_GROUND = "#0a131b"; // where the half that is turned over does not reach

class HalfMirror {
  constructor(canvas, video) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d", { alpha: true });
    this.video = video;
    this.midline = null;
    this.clear();
  }

  // `midline`: bridge of the nose and chin as shares of the unmirrored picture, or null.
  follow(midline) {
    if (!midline) {
      if (performance.now() - this.seenAt > MIDLINE_KEPT_MS) this.clear();
      return;
    }
    this.seenAt = performance.now();
    const blend = (point, index) =>
      point.map((value, axis) => {
        const before = this.midline?.[index][axis] ?? value;
        return before + MIDLINE_NEW * (value - before);
      });
    this.midline = midline.map(blend);
  }

  get isShown() {
    return !this.canvas.hidden;
  }

  // Covers the half of `affected`, the person's own side.
  draw(affected) {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!this.midline || !width) return;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const [bridge, chin] = this.midline.map(([x, y]) => ({ x: x * width, y: y * height }));
    const length = Math.hypot(chin.x - bridge.x, chin.y - bridge.y);
    if (length < 1) return;
    const along = { x: (chin.x - bridge.x) / length, y: (chin.y - bridge.y) / length };
    const side = affected === "right" ? 1 : -1; // the person's right is on the left of the unmirrored picture
    const across = { x: -along.y * side, y: along.x * side };
    this.pen.save();
    this.pen.clearRect(0, 0, width, height);
    this.keepTo(bridge, along, across, 2 * (width + height));
    this.pen.fillStyle = SEAM_GROUND;
    this.pen.fillRect(0, 0, width, height);
    this.turnOver(bridge, along);
    this.pen.drawImage(this.video, 0, 0, width, height);
    this.pen.restore();
    this.canvas.hidden = false;
  }

  // Only the half plane on the side of `across` is drawn on.
  keepTo(from, along, across, far) {
    const at = (down, out) => [from.x + down * along.x + out * across.x, from.y + down * along.y + out * across.y];
    this.pen.beginPath();
    this.pen.moveTo(...at(-far, 0));
    for (const corner of [at(far, 0), at(far, far), at(-far, far)]) this.pen.lineTo(...corner);
    this.pen.closePath();
    this.pen.clip();
  }

  turnOver(from, { x, y }) {
    const [a, b, d] = [2 * x * x - 1, 2 * x * y, 2 * y * y - 1];
    this.pen.setTransform(a, b, b, d, from.x - a * from.x - b * from.y, from.y - b * from.x - d * from.y);
  }

  clear() {
    this.midline = null;
    this.seenAt = -Infinity;
    this.canvas.hidden = true;
  }
}
