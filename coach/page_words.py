"""What the live page says by itself; everything about the movement is said by the coach (coach/feedback.py).

It goes to the browser as it is. `{...}` is filled in there, and says what with.
"""

from typing import Any

_STATES = {
    # Each state has its words and a way on: title, what is so, and what the button does (none: it passes by itself).
    "choosing": {
        "title": "How would you like to practise?",
        "words": "The camera is opened after you have chosen. “View” below changes it at any time.",
    },
    "asking": {
        "title": "May the coach use your camera?",
        "words": "Your browser asks you now. Choose “Allow”. The coach looks at the picture and forgets it at once.",
    },
    "connecting": {"title": "One moment", "words": "The coach is getting ready."},
    "denied": {
        "title": "The camera is not allowed yet",
        "words": "Press the camera or lock sign beside the address of this page, choose “Allow” for the camera, then "
        "try again.",
        "button": "Try again",
    },
    "no_camera": {
        "title": "No camera was found",
        "words": "Plug a camera in or switch it on. Some laptops have a slider over the lens or a key that turns it "
        "off.",
        "button": "Try again",
    },
    "in_use": {
        "title": "The camera is busy",
        "words": "Another program may be using it, such as a video call. Close that program, then try again.",
        "button": "Try again",
    },
    "insecure": {
        "title": "This address cannot use the camera",
        "words": "Browsers allow it only on the computer the coach runs on (http://localhost{port}), or where the "
        "address begins with https.",
        "button": "Try again",
    },
    "lost": {
        "title": "Finding the coach again",
        "words": "The connection went away for a moment. Let your face rest. Your practice goes on where it was.",
    },
    "unreached": {
        "title": "The coach does not answer this page",
        "words": "Load the page again. If that does not help, open the coach at the address it gave when it was "
        "started.",
        "button": "Load again",
    },
    "gone": {
        "title": "The coach cannot be reached",
        "words": "What you did is kept. Check that the coach is still running, then start again.",
        "button": "Start again",
    },
    "refused": {"title": "Let us start again", "words": "", "button": "Start again"},  # live.py says why
    "busy": {"title": "A moment of patience", "words": "", "button": "Try again"},
    "elsewhere": {"title": "Practising in another window", "words": "", "button": "Bring it back here"},
    "signed_out": {
        "title": "Please sign in again",
        "words": "You are signed out, here or in another window. Let your face rest. What you did is kept.",
        "button": "Sign in",
    },
    "paused": {"title": "Paused", "words": "Let your face rest. Go on when you like.", "button": "Go on"},
    "away": {
        "title": "Welcome back",
        "words": "The practice paused while this page was out of sight.",
        "button": "Go on",
    },
    "ended": {"title": "That is it for now", "words": "It goes on by itself."},
}

_PHASES = {
    # What leads the practice, and its own words for a phase where it has any.
    "movement": {
        "starting": "Starting",
        "prepare": "Getting ready",
        "rest": "Rest",
        "move": "Ease in",
        "hold": "Hold, softly",
        "release": "Let it melt",
        "done": "Done",
    },
    "areas": {"move": "Begin slowly", "hold": "Carry on, softly"},
    "stillness": {"move": "Let go", "hold": "Soft and still", "release": "Rest"},
    "range": {"hold": "Stay a moment"},
}

_VIEWS = {
    "mirror": {"name": "As in a mirror", "words": "You see yourself, with guides over it."},
    "line": {
        "name": "A line drawing",
        "words": "It moves as you do. No picture of you.",
    },
    "bars": {"name": "Two bars", "words": "Right and left. No picture of you."},
}

_LABELS = {
    # On buttons and beside the sound's settings.
    "pause": "Pause",
    "resume": "Go on",
    "stop": "Stop",
    "sound": "Sound",
    "soundOff": "Sound off",
    "tapForSound": "Tap for sound",
    "view": "View",
    "volume": "Volume",
    "spokenWords": "Spoken words",
    "vibration": "Vibration",
    "hear": "Hear it",
    "close": "Close",
    "putAway": "Put away",
    "showMovement": "Show the movement",
}

_CAPTIONS = {
    "page": "Practice in front of the camera",
    "mirror": "You, as in a mirror",
    "line": "A drawing that moves as you do",
    "bars": "How far each side has moved",
    "right": "Right",
    "left": "Left",
    "movement": "How it goes",
    "repetition": "{repetition} of {repetitions}",
    "held": "{count} s",
    "phaseOfSide": "{phase}, {side} side",
    "ofSide": "Your {side} {area}",
    "ofMiddle": "Your {area}",
    "halfMirror": "Both halves show your {side} side",
    "quiet": "These stay quiet",
    "byFeel": "By feel this time",
    "tapToHear": "This one is told by sound. Tap anywhere, so that the coach can be heard.",
    "soundIsOff": "This one is told by sound, and the sound is off. “Sound” below turns it up.",
    "waiting": "Your practice waits for you.",
}

LIVE_PAGE: dict[str, Any] = {
    "states": _STATES,
    "phases": _PHASES,
    "views": _VIEWS,
    "labels": _LABELS,
    "captions": _CAPTIONS,
    "areas": {
        "eye": "eye",
        "mouth_corner": "mouth corner",
        "cheek": "cheek",
        "brow": "brow",
        "nose": "side of the nose",
        "chin": "chin",
        "neck": "neck",
    },
    "sides": {"right": "right", "left": "left"},
}
