// What the live page says by itself; everything about the movement is said by the coach (coach/feedback.py).

const PHASES = {
  starting: "Starting",
  prepare: "Getting ready",
  rest: "Rest",
  move: "Ease in",
  hold: "Hold, softly",
  release: "Let it melt",
  done: "Done",
};

const PORT = location.port ? `:${location.port}` : "";

// Each state has its words and a way on: title, what is so, and what the button does (none: it passes by itself).
const STATES = {
  asking: {
    title: "May the coach use your camera?",
    words: "Your browser asks you now. Choose “Allow”. The picture is looked at on this computer and then forgotten.",
  },
  connecting: { title: "One moment", words: "The coach is getting ready." },
  denied: {
    title: "The camera is not allowed yet",
    words: "Press the camera or lock sign beside the address of this page, choose “Allow” for the camera, then try again.",
    button: "Try again",
  },
  no_camera: {
    title: "No camera was found",
    words: "Plug a camera in or switch it on. Some laptops have a slider over the lens or a key that turns it off.",
    button: "Try again",
  },
  in_use: {
    title: "The camera is busy",
    words: "Another program may be using it, such as a video call. Close that program, then try again.",
    button: "Try again",
  },
  insecure: {
    title: "This address cannot use the camera",
    words: `Browsers allow it only on the computer the coach runs on (http://localhost${PORT}), `
      + "or where the address begins with https.",
    button: "Try again",
  },
  lost: {
    title: "Finding the coach again",
    words: "The connection went away for a moment. Let your face rest. Your practice goes on where it was.",
  },
  unreached: {
    title: "The coach does not answer this page",
    words: "Load the page again. If that does not help, open the coach at the address it gave when it was started.",
    button: "Load again",
  },
  gone: {
    title: "The coach cannot be reached",
    words: "What you did is kept. Check that the coach is still running, then start again.",
    button: "Start again",
  },
  refused: { title: "Let us start again", words: "", button: "Start again" },
  busy: { title: "A moment of patience", words: "", button: "Try again" },
  elsewhere: { title: "Practising in another window", words: "", button: "Bring it back here" },
  paused: { title: "Paused", words: "Let your face rest. Go on when you like.", button: "Go on" },
  away: {
    title: "Welcome back",
    words: "The practice paused while this page was out of sight.",
    button: "Go on",
  },
  ended: { title: "That is it for now", words: "Your summary is on its way." },
};

const AREAS = {
  eye: "eye",
  mouth_corner: "mouth corner",
  cheek: "cheek",
  brow: "brow",
  nose: "side of the nose",
  chin: "chin",
};

const LABELS = {
  pause: "Pause",
  resume: "Go on",
  stop: "Stop",
  soundOn: "Sound on",
  soundOff: "Sound off",
  tapForSound: "Tap for sound",
  faceShown: "Face shown",
  faceHidden: "Face hidden",
};
