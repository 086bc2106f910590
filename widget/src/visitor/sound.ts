// One short, soft tone for an answer, made by the browser itself. It is off until the visitor switches it on.
let context: AudioContext | null = null;

/** Call on a press: browsers let a page sound only after one. */
export function allowSound(): void {
  context ??= new AudioContext();
  void context.resume();
}

export function playSound(): void {
  if (!context || context.state !== "running") return;
  const tone = context.createOscillator();
  const volume = context.createGain();
  const now = context.currentTime;
  tone.frequency.setValueAtTime(660, now);
  tone.frequency.setValueAtTime(880, now + 0.08);
  volume.gain.setValueAtTime(0.06, now);
  volume.gain.exponentialRampToValueAtTime(0.0001, now + 0.3);
  tone.connect(volume).connect(context.destination);
  tone.start(now);
  tone.stop(now + 0.3);
}
