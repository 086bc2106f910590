// What the browser's tab says: how many chats have something unread, in the title and in the icon.

const SIZE = 32;
const BUBBLE = "M7 11a5 5 0 0 1 5-5h8a5 5 0 0 1 5 5v5a5 5 0 0 1-5 5h-5l-5 4v-4.4A5 5 0 0 1 7 16z";

/** Return the title: the number first, where a narrow tab still shows it. */
export function titleOf(unread: number, place: string): string {
  return unread === 0 ? place : `(${unread}) ${place}`;
}

/** Give the tab its icon, with a dot when something is unread. */
export function showIcon(unread: boolean): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (link === null || pen === null) return;
  pen.fillStyle = tokenColour("--accent");
  pen.beginPath();
  pen.roundRect(0, 0, SIZE, SIZE, 8);
  pen.fill();
  pen.fillStyle = tokenColour("--on-accent");
  pen.fill(new Path2D(BUBBLE));
  if (unread) {
    pen.fillStyle = tokenColour("--danger");
    pen.beginPath();
    pen.arc(SIZE - 8, 8, 8, 0, 2 * Math.PI);
    pen.fill();
  }
  link.href = canvas.toDataURL("image/png");
}

/** A colour of the style sheet as the canvas understands it. */
function tokenColour(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
