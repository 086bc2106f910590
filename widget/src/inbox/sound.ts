// A short soft sound for a new message; browsers allow it only after the first click or key.

const NOTES = [659.25, 880];
const QUIET_MILLISECONDS = 1500;

export interface Sound {
  play(): void;
}

/** Return a sound that stays silent until the first gesture on the page, and never rattles. */
export function createSound(): Sound {
  let context: AudioContext | null = null;
  let last = -QUIET_MILLISECONDS;
  const unlock = () => {
    context ??= new AudioContext();
    void context.resume();
    for (const event of ["pointerdown", "keydown"]) removeEventListener(event, unlock, true);
  };
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, unlock, true);
  return {
    play() {
      if (context === null || performance.now() - last < QUIET_MILLISECONDS) return;
      last = performance.now();
      NOTES.forEach((pitch, index) => note(context as AudioContext, pitch, index * 0.09));
    },
  };
}

function note(context: AudioContext, pitch: number, delay: number): void {
  const start = context.currentTime + delay;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = "sine";
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.12, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.32);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + 0.34);
}
