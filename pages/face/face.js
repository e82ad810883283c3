// A calm line-drawn face that moves by readings in mm, as in a mirror: the person's right is on the picture's right.
// What was not seen is drawn pale and dotted, never as rest.

const FACE_PX_PER_MM = 2;
const FACE_STRETCH = 1.6; // so that a movement of 3 mm can be seen
const FACE_FARTHEST_MM = 7; // large readings come near it and never go beyond: the drawing stays a calm face
const FACE_LID_GAP_MM = 10; // the healthy resting gap: 10.17 +/- 1.63 mm (S32)
const FACE_SIDES = ["right", "left"];
const FACE_VIEW = { x: -170, y: -196, width: 340, height: 466, captions: 34, affected: 28 };
const FACE_CLOSE_VIEW = "-164 -142 328 406"; // for small pictures: the face alone
const FACE_SVG = "http://www.w3.org/2000/svg";

const FACE_COLOUR = {
  ink: "#46605b",
  soft: "#8b9b96",
  skin: "#fbf2e6",
  blush: "#f0c3ab",
  lips: "#ecc6b8",
  mouth: "#a4766c",
  teeth: "#fffdf8",
  eye: "#fffefb",
  iris: "#7c9b97",
  glint: "#ffffff",
  hair: "#d3cabd",
  strand: "#b3a898",
  brow: "#8d8272",
  lip_edge: "#c4917f",
  shirt: "#bcd2cf",
  finger: "#f3dcc9",
  finger_edge: "#b98f77",
  quiet: "#4f7f8b",
  still: "#e6efec",
  way: "#0072b2",
  joined: "#e69f00",
  dark: "#132029",
};

// Where each drawn point lies on one half: mm outwards from the midline, mm below the pupils.
const FACE_POINTS = {
  brow_in: [15, -17],
  brow_rise: [25, -20.4],
  brow_top: [36, -20.8],
  brow_out: [46.5, -16],
  eye_in: [18.5, 1.8],
  lid_up_in: [24, -3.6],
  lid_up: [32, -5.6],
  lid_up_out: [40, -3.6],
  eye_out: [46, 1.2],
  lid_low_out: [40, 4.2],
  lid_low: [32, 5.2],
  lid_low_in: [24, 4.2],
  apple_in: [27, 29],
  apple: [39.5, 32.5],
  apple_out: [51, 26.5],
  wing_top: [9.6, 32.5],
  wing: [13.8, 37.6],
  wing_low: [11, 42],
  nostril: [5.8, 41.8],
  nose_tip: [0, 43.8],
  fold_top: [21, 44],
  fold: [29, 52.5],
  fold_low: [33.5, 63],
  corner: [25, 67.6],
  upper_side: [15.5, 64.9],
  upper_peak: [5.6, 63.1],
  upper_middle: [0, 64],
  upper_seam_side: [13, 68.8],
  upper_seam: [0, 69.2],
  lower_seam_side: [13, 68.8],
  lower_seam: [0, 69.2],
  lower_side: [13, 74.6],
  lower_middle: [0, 76.4],
  chin_pad: [9, 87],
  chin_top: [0, 85.6],
  crown_top: [0, -78],
  crown: [40, -70],
  temple: [63, -38],
  ear_level: [69, 0],
  cheek_edge: [67, 34],
  jaw: [56.5, 68],
  jaw_low: [35, 93],
  chin: [0, 103],
};

// What a reading moves, mm for mm: the point, outwards, downwards. Soft tissue takes its neighbours along.
const FACE_PULLS = {
  brow_raise: [["brow_in", 0, -0.85], ["brow_rise", 0, -1], ["brow_top", 0, -1], ["brow_out", 0, -0.75]],
  brow_draw_in: [["brow_in", -1, 0.45], ["brow_rise", -0.75, 0.15], ["brow_top", -0.35, 0]],
  cheek_raise: [
    ["apple_in", 0, -0.8], ["apple", 0, -1], ["apple_out", 0, -0.9], ["fold_top", 0, -0.2], ["fold", 0, -0.3],
  ],
  fold_raise: [["fold_top", 0.3, -0.6], ["fold", 0.7, -0.7], ["fold_low", 0.7, -0.5]],
  nose_wrinkle: [
    ["wing_top", 0.1, -1], ["wing", 0.25, -1], ["wing_low", 0.15, -0.85], ["nostril", 0.1, -0.7],
    ["nose_tip", 0, -0.45], ["fold_top", 0, -0.8],
  ],
  corner_up: [
    ["corner", 0, -1], ["upper_side", 0, -0.45], ["upper_seam_side", 0, -0.42], ["lower_seam_side", 0, -0.42],
    ["lower_side", 0, -0.35], ["upper_seam", 0, -0.12], ["lower_seam", 0, -0.12], ["upper_middle", 0, -0.1],
    ["lower_middle", 0, -0.1], ["fold_low", 0, -0.6], ["fold", 0, -0.25],
  ],
  corner_out: [
    ["corner", 1, 0], ["upper_side", 0.6, 0.04], ["upper_peak", 0.2, 0.1], ["upper_seam_side", 0.5, 0],
    ["lower_seam_side", 0.5, 0], ["lower_side", 0.45, 0], ["fold_low", 0.75, 0], ["fold", 0.4, 0],
  ],
  upper_lip_raise: [
    ["upper_side", 0, -0.8], ["upper_peak", 0, -1], ["upper_middle", 0, -0.9], ["upper_seam_side", 0, -0.85],
    ["upper_seam", 0, -1], ["fold", 0, -0.3], ["fold_top", 0, -0.2],
  ],
  lower_lip_drop: [
    ["lower_side", 0.05, 1], ["lower_seam_side", 0.05, 0.9], ["lower_seam", 0, 1], ["lower_middle", 0, 0.9],
  ],
  chin_raise: [
    ["chin_pad", 0, -1], ["chin_top", 0, -1], ["lower_side", 0, -0.4], ["lower_middle", 0, -0.45], ["chin", 0, -0.15],
  ],
  cheek_puff: [
    ["cheek_edge", 0.8, 0], ["jaw", 0.65, 0], ["ear_level", 0.2, 0], ["fold_low", 0.4, 0], ["fold", 0.35, 0],
    ["apple", 0.3, 0.2], ["apple_out", 0.4, 0.2],
  ],
  lip_press: [
    ["upper_side", 0, 0.75], ["upper_peak", 0, 1], ["upper_middle", 0, 0.9], ["lower_side", 0, -0.8],
    ["lower_middle", 0, -0.9],
  ],
};
const FACE_MIDLINE = ["pucker", "mouth_open", "chin_raise", "mouth_shift", "cheek_puff", "lip_press"];

// Lips that come forward look fuller; a jaw that sinks takes the lower lip and the chin along.
const FACE_POUT = [
  ["upper_side", 0.05, -0.2], ["upper_peak", 0.05, -0.24], ["upper_middle", 0, -0.2], ["lower_side", 0.1, 0.22],
  ["lower_middle", 0, 0.24],
];
const FACE_OPEN = [
  ["lower_seam", 0, 1], ["lower_seam_side", 0, 0.8], ["lower_side", 0, 0.9], ["lower_middle", 0, 1], ["corner", 0, 0.3],
  ["chin_pad", 0, 0.8], ["chin_top", 0, 0.85], ["jaw", 0, 0.2], ["jaw_low", 0, 0.6], ["chin", 0, 0.7],
];
const FACE_SHIFTED = [
  "corner", "upper_side", "upper_peak", "upper_middle", "upper_seam_side", "upper_seam", "lower_seam_side",
  "lower_seam", "lower_side", "lower_middle",
];
const FACE_LIDS = [["lid_up_in", "lid_low_in"], ["lid_up", "lid_low"], ["lid_up_out", "lid_low_out"]];
const FACE_UPPER_LID = ["eye_in", "lid_up_in", "lid_up", "lid_up_out", "eye_out"];
const FACE_LOWER_LID = ["eye_in", "lid_low_in", "lid_low", "lid_low_out", "eye_out"];
const FACE_HEAD = ["chin", "jaw_low", "jaw", "cheek_edge", "ear_level", "temple", "crown", "crown_top"];

// What each line goes through, from the midline outwards, and which readings it is drawn from.
const FACE_MOUTH = [
  "corner_up", "corner_out", "upper_lip_raise", "lower_lip_drop", "pucker", "mouth_open", "mouth_shift",
];
const FACE_CREASE = ["lid_up_in_crease", "lid_up_crease", "lid_up_out_crease"];
const FACE_BROW = ["brow_in", "brow_rise", "brow_top", "brow_out"];
const FACE_UPPER_LIP = ["upper_middle", "upper_peak", "upper_side", "corner"];
const FACE_LINES = {
  head: { through: ["chin", "jaw_low", "jaw", "cheek_edge", "ear_level"], of: [], width: 2.6 },
  apple: { through: ["apple_in", "apple", "apple_out"], of: ["cheek_raise"], width: 2, colour: "soft", opacity: 0.6 },
  fold: { through: ["fold_top", "fold", "fold_low"], of: ["fold_raise"], width: 2.2, colour: "soft", opacity: 0.9 },
  nose: { through: ["nose_tip", "nostril", "wing_low", "wing", "wing_top"], of: ["nose_wrinkle"], width: 2.4 },
  crease: { through: FACE_CREASE, of: ["eye_narrowing"], width: 1.6, colour: "soft" },
  lower_lid: { through: FACE_LOWER_LID, of: ["eye_narrowing"], width: 1.8 },
  upper_lid: { through: FACE_UPPER_LID, of: ["eye_narrowing"], width: 3 },
  brow: { through: FACE_BROW, of: ["brow_raise", "brow_draw_in"], width: 6, colour: "brow" },
  upper_lip: { through: FACE_UPPER_LIP, of: FACE_MOUTH, width: 1.8, colour: "lip_edge" },
  lower_lip: { through: ["lower_middle", "lower_side", "corner"], of: FACE_MOUTH, width: 1.8, colour: "lip_edge" },
  upper_seam: { through: ["upper_seam", "upper_seam_side", "corner"], of: FACE_MOUTH, width: 2.6 },
  lower_seam: { through: ["lower_seam", "lower_seam_side", "corner"], of: FACE_MOUTH, width: 2.6 },
  chin: { through: ["chin_top", "chin_pad"], of: ["chin_raise"], width: 2.2, colour: "soft" },
};

// Lines that come with a movement: points in mm, and at how many mm they are there in full.
const FACE_WRINKLES = {
  brow_raise: { lines: [[[12, -39], [27, -42], [42, -39]], [[14, -47], [26, -49.5], [38, -47]]], full: 8 },
  brow_draw_in: { lines: [[[5, -22], [4.2, -17], [5.5, -12]]], full: 4 },
  nose_wrinkle: { lines: [[[6.5, 19], [10.5, 14.5]], [[7.5, 24.5], [12.5, 19]]], full: 4 },
  cheek_puff: { lines: [[[46, 44], [52.5, 54], [48, 66]]], full: 4 },
  chin_raise: {
    lines: [[[6, 91], [6.2, 91]], [[1.5, 94], [1.7, 94]], [[10, 95], [10.2, 95]], [[4.5, 97.5], [4.7, 97.5]]], // dimples
    full: 3,
  },
};

// What is seen of each area: its middle and half its width and height in mm; it goes along with a point.
const FACE_AREAS = {
  eye: { at: [32.2, -0.5], reach: [20.5, 11], along: "lid_low", words: "eye" },
  brow: { at: [31, -21.5], reach: [22, 8], along: "brow_top", words: "brow" },
  cheek: { at: [43, 33], reach: [18, 15], along: "apple", words: "cheek" },
  nose: { at: [11, 37], reach: [9.5, 11.5], along: "wing", words: "side of the nose" },
  mouth_corner: { at: [25.5, 68.2], reach: [11, 9.5], along: "corner", words: "mouth corner" },
  chin: { at: [0, 91.5], reach: [21, 10], along: "chin_top", words: "chin" },
  neck: { at: [0, 117.5], reach: [26, 10.5], words: "neck" },
};

// Arrows beside what moves: from which point, how far off in mm, and which way.
const FACE_WAYS = {
  brow_raise: [["brow_rise", [6, -5.5], [0, -1]]],
  brow_draw_in: [["brow_in", [12, -8], [-1, 0]]],
  eye_narrowing: [["lid_up", [0, -12.5], [0, 1]]],
  cheek_raise: [["apple", [5, 13], [0, -1]]],
  nose_wrinkle: [["wing", [6, 2], [0, -1]]],
  upper_lip_raise: [["upper_peak", [4, -3], [0, -1]]],
  lower_lip_drop: [["lower_side", [0, 4], [0, 1]]],
  pucker: [["corner", [16, 0], [-1, 0]]],
  mouth_open: [["chin", [0, 4], [0, 1]]],
  chin_raise: [["chin", [0, 13], [0, -1]]],
  cheek_puff: [["cheek_edge", [-19, 18], [1, 0]]],
  lip_press: [["upper_middle", [0, -12], [0, 1]], ["lower_middle", [0, 12], [0, -1]]],
};

// Fingertips on an area: mm from its middle, and whence the finger comes.
const FACE_FINGERS = {
  brow: [{ tip: [-5, -5], from: [12, -34] }, { tip: [7, -5], from: [16, -32] }],
  eye: [{ tip: [17, 2], from: [30, 12] }],
  nose: [{ tip: [2, 2], from: [26, 26] }],
  cheek: [{ tip: [-8, 2], from: [20, 31] }, { tip: [3, -4], from: [25, 27] }],
  mouth_corner: [{ tip: [3, 1], from: [28, 22] }],
  chin: [{ tip: [7, 3], from: [22, 24] }],
  neck: [{ tip: [12, 0], from: [34, 4] }],
};

const FACE_WAY_MM = 11;
const FACE_LOW = 100; // what lies lower has its label below, so that the mouth stays to be seen
const FACE_HATCH = 11; // pixels between two slanting lines

// What never moves, one half each, from the midline outwards or downwards.
const FACE_STILL = {
  hair: [[0, -90], [41, -82.5], [69, -56], [77.5, -22], [74.5, 0], [70.5, 3]],
  hairline: [[0, -50], [26, -54.5], [50, -45], [62, -26], [66, -6], [70.5, 3]],
  strand: [[12, -84], [40, -74], [60, -51], [68.5, -26]],
  strand_low: [[8, -72], [34, -64.5], [53, -49]],
  ear: [[69, -8], [75.5, -10.5], [79, -3], [76.5, 11], [68.6, 18]],
  ear_inside: [[72.5, -4], [75.2, -4], [74, 7]],
  neck: [[0, 135], [22, 130], [37, 119], [30.5, 110], [31, 90]],
  neck_edge: [[30.8, 96], [30.5, 109], [37, 119]],
  neck_soft: [[17, 112], [11.5, 124]],
  shirt: [[0, 133], [20, 129], [37, 118.5], [58, 122.5], [76, 131], [82, 135]],
};

// A smooth line through points, as pieces of [from, towards, towards, to].
function facePieces(points) {
  const [first, second, third = second] = points;
  const [last, last2, last3 = last2] = [...points].reverse();
  const beyond = (end, near, far) => end.map((value, axis) => 3 * value - 3 * near[axis] + far[axis]); // bends on
  const at = (index) => (index < 0 ? beyond(first, second, third) : (points[index] ?? beyond(last, last2, last3)));
  return points.slice(1).map((to, index) => {
    const [before, from, after] = [at(index - 1), at(index), at(index + 2)];
    const towards = (point, one, other) => point.map((value, axis) => value + (other[axis] - one[axis]) / 6);
    return [from, towards(from, before, to), towards(to, after, from), to];
  });
}

function facePath(pieces, start = "M") {
  const words = (...points) => points.flat().map((value) => value.toFixed(2)).join(" ");
  return start + words(pieces[0][0]) + pieces.map(([, one, other, to]) => `C${words(one, other, to)}`).join("");
}

// Slanting lines within an ellipse.
function faceHatch(x, y, rx, ry) {
  const across = Math.hypot(rx, ry);
  const lines = [];
  for (let off = -across + FACE_HATCH / 2; off < across; off += FACE_HATCH) {
    // Where x + y = off meets the ellipse: a quadratic in x.
    const middle = (off * rx * rx) / (across * across);
    const reach = (rx * ry * Math.sqrt(across * across - off * off)) / (across * across);
    const point = (dx) => `${(x + dx).toFixed(1)} ${(y + off - dx).toFixed(1)}`;
    lines.push(`M${point(middle - reach)}L${point(middle + reach)}`);
  }
  return lines.join("");
}

class LineFace {
  // `affected` is "right", "left" or null; `quiet` and `touch` list [area, side], where a side of null means both.
  // `captions` name the sides below the face; `close` leaves out all that is not face.
  constructor(svg, { affected = null, quiet = [], touch = [], mirrored = true, captions = true, close = false } = {}) {
    this.towards = { right: mirrored ? 1 : -1, left: mirrored ? -1 : 1 };
    this.name = `face-${Math.random().toString(36).slice(2)}`; // a name holds for the whole page
    this.quiet = quiet;
    this.joining = [];
    const below = captions ? FACE_VIEW.captions + (affected ? FACE_VIEW.affected : 0) : 0;
    const view = `${FACE_VIEW.x} ${FACE_VIEW.y} ${FACE_VIEW.width} ${FACE_VIEW.height + below}`;
    svg.setAttribute("viewBox", close ? FACE_CLOSE_VIEW : view);
    svg.replaceChildren();
    this.layers = {};
    for (const layer of ["ground", "quiet", "features", "touch", "ways", "joined", "captions"]) {
      this.layers[layer] = this.add(svg, "g", { "data-layer": layer });
    }
    this.drawGround();
    this.drawFeatures();
    this.drawTouch(touch);
    if (captions) this.drawCaptions(affected);
    this.show({});
  }

  // `readings`: name to mm since rest; null is unseen, what is not named is at rest.
  show(readings) {
    this.readings = readings;
    this.points = this.moved();
    for (const side of FACE_SIDES) this.placeEye(side);
    this.placeMouth();
    for (const name of Object.keys(FACE_LINES)) this.placeLine(name);
    this.placeWrinkles();
    this.drawQuiet();
    this.drawJoined();
  }

  // Outlines what joins in, [area, side] each, and says which it is.
  joined(areas) {
    this.joining = areas;
    this.drawJoined();
  }

  // What is to keep still from now on, [area, side] each.
  keepQuiet(areas) {
    this.quiet = areas;
    this.drawQuiet();
  }

  // Small arrows that show the way of a movement, for a drawing that stands still.
  ways(readings) {
    this.layers.ways.replaceChildren();
    const mm = (reading, side) => readings[FACE_MIDLINE.includes(reading) ? reading : `${reading}_${side}`] ?? 0;
    for (const side of FACE_SIDES) {
      for (const [reading, ways] of Object.entries(FACE_WAYS)) {
        for (const [point, [out, down], way] of ways) {
          const twice = FACE_POINTS[point][0] === 0 && side === "left";
          if (twice || Math.abs(mm(reading, side)) < 0.2) continue;
          const [x, y] = this.points[side][point];
          this.drawWay([x + out, y + down], way, side, mm(reading, side) < 0);
        }
      }
      const [out, up] = [mm("corner_out", side), mm("corner_up", side)];
      const length = Math.hypot(out, up);
      if (length < 0.2) continue;
      const way = [out / length, -up / length];
      const off = out < 0 ? -4 - FACE_WAY_MM : 5; // an arrow inwards ends before the corner
      this.drawWay(this.points[side].corner.map((value, axis) => value + way[axis] * off), way, side);
    }
  }

  // Moves the fingertips: `moved` gives, for an area, how many mm outwards and downwards from where they were put.
  fingers(moved) {
    for (const { finger, area, side } of this.fingertips) {
      const [x, y] = this.pixels(moved(area), side);
      finger.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
    }
  }

  // Arrows beside the fingertips: `way` gives a direction for an area, or null where they go round.
  fingerWays(way) {
    for (const { area, side, at } of this.fingertips.filter(({ leads }) => leads)) {
      if (way(area)) this.drawWay(at, way(area), side);
      else this.drawRound(at, side);
    }
  }

  // -- where things are --------------------------------------------------------------------------------------

  reading(name, side) {
    const value = this.readings[FACE_MIDLINE.includes(name) ? name : `${name}_${side}`];
    return value === undefined || Number.isFinite(value) ? value : null;
  }

  mm(name, side) {
    return FACE_FARTHEST_MM * Math.tanh((this.reading(name, side) ?? 0) / FACE_FARTHEST_MM);
  }

  pixels([out, down], side) {
    return [this.towards[side] * out * FACE_PX_PER_MM, down * FACE_PX_PER_MM];
  }

  // A line across the face, from points of one half that begin on the midline: its right end comes first.
  across(of) {
    const [right, left] = FACE_SIDES.map((side) => of(side).map((point) => this.pixels(point, side)));
    return [...right.reverse(), ...left.slice(1)];
  }

  through(points, side) {
    return points.map((point) => this.points[side][point]);
  }

  // Every point of both halves in mm. What lies on the midline goes half the way of either side.
  moved() {
    const halves = Object.fromEntries(FACE_SIDES.map((side) => [side, this.half(side)]));
    for (const [point, [out]] of Object.entries(FACE_POINTS)) {
      if (out !== 0) continue;
      const down = (halves.right[point][1] + halves.left[point][1]) / 2;
      for (const side of FACE_SIDES) halves[side][point] = [0, down];
    }
    const shift = this.mm("mouth_shift") * FACE_STRETCH; // positive towards the person's left
    for (const point of FACE_SHIFTED) {
      halves.left[point][0] += shift;
      halves.right[point][0] -= shift;
    }
    return halves;
  }

  half(side) {
    const at = Object.fromEntries(Object.entries(FACE_POINTS).map(([point, place]) => [point, [...place]]));
    const pull = (ways, mm) => {
      for (const [point, out, down] of ways) {
        at[point][0] += out * mm * FACE_STRETCH;
        at[point][1] += down * mm * FACE_STRETCH;
      }
    };
    for (const [reading, ways] of Object.entries(FACE_PULLS)) pull(ways, this.mm(reading, side));
    const pucker = this.mm("pucker");
    // A pucker is read from both corners' way inward: where that is known, it is drawn from there.
    if (this.reading("corner_out", side) === undefined) pull(FACE_PULLS.corner_out, -pucker / 2);
    pull(FACE_POUT, Math.max(0, pucker));
    // An open mouth and a dropped lip are read from the same skin: what the lips did is not drawn twice.
    const lips = ["upper_lip_raise", "lower_lip_drop"].map((reading) => Math.max(0, this.mm(reading, side)));
    pull(FACE_OPEN, Math.max(0, this.mm("mouth_open") - lips[0] - lips[1]));
    for (const seam of ["seam", "seam_side"]) {
      const [upper, lower] = [at[`upper_${seam}`], at[`lower_${seam}`]];
      if (upper[1] > lower[1]) upper[1] = lower[1] = (upper[1] + lower[1]) / 2; // lips that would cross meet half way
    }
    this.closeLids(at, this.reading("eye_narrowing", side) ?? 0);
    return at;
  }

  // A narrowing as large as the gap shuts the eye; a small one is drawn a little larger, as all else is.
  closeLids(at, mm) {
    const share = 1 - (1 - Math.max(-0.5, Math.min(1, mm / FACE_LID_GAP_MM))) ** 1.3;
    for (const [upper, lower] of FACE_LIDS) {
      const gap = at[lower][1] - at[upper][1];
      at[upper][1] += 0.86 * share * gap;
      at[lower][1] -= 0.14 * share * gap;
      at[`${upper}_crease`] = [at[upper][0], FACE_POINTS[upper][1] - 3.6 + 0.25 * share * gap];
    }
  }

  // An ellipse for each side of an area, in pixels.
  ellipses([area, side]) {
    const { at, reach, along } = FACE_AREAS[area];
    const isMiddle = at[0] === 0;
    return (isMiddle ? ["right"] : side ? [side] : FACE_SIDES).map((one) => {
      const moved = along ? this.points[one][along].map((value, axis) => value - FACE_POINTS[along][axis]) : [0, 0];
      const [x, y] = this.pixels([at[0] + moved[0], at[1] + moved[1]], one);
      const [rx, ry] = reach.map((value) => value * FACE_PX_PER_MM);
      return { area, side: isMiddle ? null : one, x, y, rx, ry };
    });
  }

  // -- what is drawn once ------------------------------------------------------------------------------------

  add(parent, kind, attributes = {}, words = "") {
    const element = document.createElementNS(FACE_SVG, kind);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (words) element.textContent = words;
    parent.append(element);
    return element;
  }

  stroke(parent, colour, width, attributes = {}) {
    const round = { "stroke-linecap": "round", "stroke-linejoin": "round" };
    return this.add(parent, "path", {
      fill: "none", stroke: FACE_COLOUR[colour], "stroke-width": width, ...round, ...attributes,
    });
  }

  fill(parent, colour, attributes = {}) {
    return this.add(parent, "path", { fill: FACE_COLOUR[colour], ...attributes });
  }

  drawGround() {
    const { ground } = this.layers;
    const across = (name, start) => facePath(facePieces(this.across(() => FACE_STILL[name])), start);
    const bottom = FACE_VIEW.y + FACE_VIEW.height;
    this.fill(ground, "skin", { d: `${across("neck")}Z` });
    for (const side of FACE_SIDES) {
      const line = (name) => facePath(facePieces(FACE_STILL[name].map((point) => this.pixels(point, side))));
      this.stroke(ground, "ink", 2.4, { d: line("ear"), fill: FACE_COLOUR.skin });
      this.stroke(ground, "soft", 1.6, { d: line("ear_inside") });
      this.stroke(ground, "ink", 2.4, { d: line("neck_edge") });
      this.stroke(ground, "soft", 1.6, { d: line("neck_soft"), opacity: 0.6 });
    }
    const [end] = FACE_STILL.shirt.slice(-1).map((point) => this.pixels(point, "left"));
    this.fill(ground, "shirt", { d: `${across("shirt")}L${end[0]} ${bottom}H${-end[0]}Z` });
    this.head = this.fill(ground, "skin");
    const line = this.across(() => FACE_STILL.hairline).reverse();
    this.fill(ground, "hair", { d: `${across("hair")}${facePath(facePieces(line), "L")}Z` });
    for (const side of FACE_SIDES) {
      for (const name of ["strand", "strand_low"]) {
        const d = facePath(facePieces(FACE_STILL[name].map((point) => this.pixels(point, side))));
        this.stroke(ground, "strand", 1.6, { d, opacity: 0.7 });
      }
    }
    this.blush = {};
    for (const side of FACE_SIDES) {
      this.blush[side] = this.add(ground, "ellipse", { rx: 26, ry: 18, fill: FACE_COLOUR.blush, opacity: 0.32 });
    }
  }

  drawFeatures() {
    const { features } = this.layers;
    const clip = (name) => {
      const path = this.add(this.add(features, "clipPath", { id: `${this.name}-${name}` }), "path");
      return { path, within: { "clip-path": `url(#${this.name}-${name})` } };
    };
    this.eyes = {};
    for (const side of FACE_SIDES) {
      const { path, within } = clip(side);
      const white = this.fill(features, "eye");
      const iris = this.add(this.add(features, "g", within), "g", { "data-part": "iris", "data-side": side });
      const [cx, cy] = this.pixels([32.2, -0.6], side);
      this.add(iris, "circle", { cx, cy, r: 11.8, fill: FACE_COLOUR.iris });
      this.add(iris, "circle", { cx, cy, r: 6, fill: FACE_COLOUR.ink });
      this.add(iris, "circle", { cx: cx - 3.6, cy: cy - 4, r: 2.6, fill: FACE_COLOUR.glint });
      this.eyes[side] = { path, white, iris };
    }
    const opening = clip("mouth");
    this.mouth = {
      upper: this.fill(features, "lips"),
      lower: this.fill(features, "lips"),
      inside: this.fill(features, "mouth"),
      clip: opening.path,
      teeth: ["upper", "lower"].map(() => {
        const within = this.add(features, "g", opening.within);
        return this.add(within, "rect", {
          x: -52, width: 104, height: 24, rx: 9, fill: FACE_COLOUR.teeth, stroke: FACE_COLOUR.soft, "stroke-width": 1,
        });
      }),
    };
    this.lines = {};
    for (const [name, { width, colour = "ink" }] of Object.entries(FACE_LINES)) {
      for (const side of FACE_SIDES) {
        this.lines[`${name}_${side}`] = this.stroke(features, colour, width, { "data-part": name, "data-side": side });
      }
    }
    this.wrinkles = [];
    for (const [reading, { lines, full }] of Object.entries(FACE_WRINKLES)) {
      for (const side of FACE_SIDES) {
        const d = lines.map((line) => facePath(facePieces(line.map((point) => this.pixels(point, side))))).join("");
        const path = this.stroke(features, reading === "chin_raise" ? "ink" : "soft", 2.2, { d });
        this.wrinkles.push({ reading, side, full, path });
      }
    }
  }

  // Fingertips side by side; each keeps to its side when they move.
  drawTouch(areas) {
    this.fingertips = [];
    for (const [area, only] of areas) {
      for (const side of only ? [only] : FACE_SIDES) {
        for (const [number, finger] of FACE_FINGERS[area].entries()) this.drawFinger(finger, area, side, number === 0);
      }
    }
  }

  // A finger that comes from outside and fades away; its tip is what counts.
  drawFinger({ tip, from }, area, side, leads) {
    const { touch } = this.layers;
    const id = `${this.name}-finger-${this.fingertips.length}`;
    const finger = this.add(touch, "g", { "data-touch": area, "data-side": side });
    const at = tip.map((value, axis) => value + FACE_AREAS[area].at[axis]);
    const [x1, y1] = this.pixels(at, side);
    const [x2, y2] = this.pixels(at.map((value, axis) => value + from[axis]), side);
    for (const [name, width] of [["finger_edge", 23], ["finger", 19.4]]) {
      const along = { gradientUnits: "userSpaceOnUse", x1, y1, x2, y2 };
      const fade = this.add(finger, "linearGradient", { id: `${id}-${name}`, ...along });
      for (const [offset, opacity] of [[0, 1], [0.35, 1], [1, 0]]) {
        this.add(fade, "stop", { offset, "stop-color": FACE_COLOUR[name], "stop-opacity": opacity });
      }
      this.stroke(finger, name, width, { d: `M${x1} ${y1}L${x2} ${y2}`, stroke: `url(#${id}-${name})` });
    }
    const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    this.stroke(finger, "finger_edge", 1.4, {
      d: "M-4.5 -4.6C-8 -3.4 -8 3.4 -4.5 4.6", transform: `translate(${x1} ${y1}) rotate(${angle})`,
    });
    this.fingertips.push({ finger, area, side, at, leads });
  }

  drawCaptions(affected) {
    const { captions } = this.layers;
    const y = FACE_VIEW.y + FACE_VIEW.height;
    for (const side of FACE_SIDES) {
      const text = { y: y + 25, "text-anchor": "middle", fill: "currentColor", "font-size": 20 };
      const x = this.towards[side] * 84;
      this.add(captions, "text", { ...text, x }, `your ${side}`);
      if (side !== affected) continue;
      this.add(captions, "text", { ...text, x, y: y + 50, "font-size": 19, "font-weight": 600 }, "● affected side");
    }
  }

  // -- what is placed anew -----------------------------------------------------------------------------------

  placeEye(side) {
    const { path, white, iris } = this.eyes[side];
    const lid = (points) => facePieces(this.through(points, side).map((point) => this.pixels(point, side)));
    const d = `${facePath(lid(FACE_UPPER_LID))}${facePath(lid([...FACE_LOWER_LID].reverse()), "L")}Z`;
    for (const shape of [path, white]) shape.setAttribute("d", d);
    iris.setAttribute("opacity", this.reading("eye_narrowing", side) === null ? 0.2 : 1);
    const [cx, cy] = this.pixels([this.points[side].apple[0] + 1, this.points[side].apple[1] - 4], side);
    this.blush[side].setAttribute("cx", cx);
    this.blush[side].setAttribute("cy", cy);
  }

  placeMouth() {
    const line = (name) => this.across((side) => this.through(FACE_LINES[name].through, side));
    const between = (one, other) =>
      `${facePath(facePieces(line(one)))}${facePath(facePieces(line(other).reverse()), "L")}Z`;
    const inside = between("upper_seam", "lower_seam");
    this.mouth.upper.setAttribute("d", between("upper_lip", "upper_seam"));
    this.mouth.lower.setAttribute("d", between("lower_lip", "lower_seam"));
    for (const shape of [this.mouth.inside, this.mouth.clip]) shape.setAttribute("d", inside);
    const jaw = this.points.right.chin_top[1] - FACE_POINTS.chin_top[1]; // the lower teeth sit on it
    const [upper, lower] = this.mouth.teeth;
    upper.setAttribute("y", 70.2 * FACE_PX_PER_MM - 24);
    lower.setAttribute("y", (70.2 + Math.max(0, jaw) * 1.15) * FACE_PX_PER_MM);
    const head = this.across((side) => this.through(FACE_HEAD, side));
    this.head.setAttribute("d", `${facePath(facePieces(head))}Z`);
  }

  placeLine(name) {
    const { through, of, opacity = 1 } = FACE_LINES[name];
    const meets = FACE_POINTS[through[0]]?.[0] === 0;
    const whole = meets ? facePieces(this.across((side) => this.through(through, side))) : null;
    for (const side of FACE_SIDES) {
      const half = through.length - 1;
      const pieces = meets
        ? whole.slice(side === "right" ? 0 : half, side === "right" ? half : undefined)
        : facePieces(this.through(through, side).map((point) => this.pixels(point, side)));
      const unseen = of.some((reading) => this.reading(reading, side) === null);
      const line = this.lines[`${name}_${side}`];
      line.setAttribute("d", facePath(pieces));
      line.setAttribute("opacity", unseen ? 0.45 : opacity);
      line.setAttribute("stroke-dasharray", unseen ? "0.1 6.5" : "none");
      line.toggleAttribute("data-unseen", unseen);
    }
  }

  placeWrinkles() {
    for (const { reading, side, full, path } of this.wrinkles) {
      const share = Math.max(0, Math.min(1, this.mm(reading, side) / full));
      path.setAttribute("opacity", (0.75 * share).toFixed(2));
    }
  }

  // Soft slanting lines over what keeps still; drawn anew only where that has moved.
  drawQuiet() {
    const ellipses = this.quiet.flatMap((one) => this.ellipses(one));
    const told = ellipses.map(({ area, side, x, y }) => `${area} ${side} ${x.toFixed(0)} ${y.toFixed(0)}`).join();
    if (told === this.quietTold) return;
    this.quietTold = told;
    const { quiet } = this.layers;
    quiet.replaceChildren();
    for (const { area, side, x, y, rx, ry } of ellipses) {
      const group = this.add(quiet, "g", { "data-quiet": area, ...(side ? { "data-side": side } : {}) });
      this.add(group, "ellipse", { cx: x, cy: y, rx, ry, fill: FACE_COLOUR.still, opacity: 0.85 });
      this.stroke(group, "quiet", 1.3, { d: faceHatch(x, y, rx, ry), opacity: 0.35 });
    }
  }

  drawJoined() {
    const { joined } = this.layers;
    joined.replaceChildren();
    const labels = [];
    for (const { area, side, x, y, rx, ry } of this.joining.flatMap((one) => this.ellipses(one))) {
      const group = this.add(joined, "g", { "data-joined": area, ...(side ? { "data-side": side } : {}) });
      const ring = { cx: x, cy: y, rx: rx + 2, ry: ry + 2, fill: "none" };
      this.add(group, "ellipse", { ...ring, stroke: FACE_COLOUR.dark, "stroke-width": 7, opacity: 0.75 });
      const dashes = { "stroke-width": 4, "stroke-dasharray": "11 7" };
      this.add(group, "ellipse", { ...ring, stroke: FACE_COLOUR.joined, ...dashes });
      labels.push({ words: `your ${side ? `${side} ` : ""}${FACE_AREAS[area].words}`, x, y, ry });
    }
    for (const [number, label] of labels.sort((one, other) => one.y - other.y).entries()) {
      const before = labels[number - 1]?.top ?? -Infinity;
      label.top = Math.max(before + 36, label.y > FACE_LOW ? label.y + label.ry + 10 : label.y - label.ry - 42);
      this.drawLabel(joined, label);
    }
  }

  drawLabel(group, { words, x, top }) {
    const width = words.length * 10.6 + 26;
    const middle = Math.max(FACE_VIEW.x + width / 2 + 2, Math.min(-FACE_VIEW.x - width / 2 - 2, x));
    this.add(group, "rect", {
      x: middle - width / 2, y: top, width, height: 32, rx: 9, fill: FACE_COLOUR.dark, opacity: 0.88,
    });
    this.add(group, "text", {
      x: middle, y: top + 22, "text-anchor": "middle", "font-size": 19, "font-weight": 600, fill: "#ffffff",
    }, words);
  }

  drawRound(at, side) {
    const [x, y] = this.pixels([at[0] - 2, at[1] - 2], side);
    const r = FACE_WAY_MM * FACE_PX_PER_MM * 0.75;
    const radians = (degrees) => (degrees * Math.PI) / 180;
    const turn = (degrees) => [x + r * Math.cos(radians(degrees)), y + r * Math.sin(radians(degrees))];
    const words = (point) => point.map((value) => value.toFixed(2)).join(" ");
    const [tail, tip] = side === "right" ? [150, 0] : [30, 180];
    const clockwise = side === "right" ? 1 : 0;
    const [px, py] = turn(tip);
    const d = `M${words(turn(tail))}A${r} ${r} 0 0 ${clockwise} ${words([px, py])}`
      + `M${words([px - 8, py - 6])}L${words([px, py])}L${words([px + 7, py - 7])}`;
    this.stroke(this.layers.ways, "glint", 8, { d, opacity: 0.85 });
    this.stroke(this.layers.ways, "way", 3.8, { d, "data-way": side });
  }

  drawWay(from, way, side, backwards = false) {
    const start = this.pixels(from, side);
    const end = this.pixels(from.map((value, axis) => value + way[axis] * FACE_WAY_MM), side);
    const [tail, tip] = backwards ? [end, start] : [start, end];
    const angle = Math.atan2(tip[1] - tail[1], tip[0] - tail[0]);
    const barb = (turn) => [tip[0] - 9 * Math.cos(angle + turn), tip[1] - 9 * Math.sin(angle + turn)];
    const words = (point) => point.map((value) => value.toFixed(2)).join(" ");
    const d = `M${words(tail)}L${words(tip)}M${words(barb(0.6))}L${words(tip)}L${words(barb(-0.6))}`;
    this.stroke(this.layers.ways, "glint", 8, { d, opacity: 0.85 });
    this.stroke(this.layers.ways, "way", 3.8, { d, "data-way": side });
  }
}
