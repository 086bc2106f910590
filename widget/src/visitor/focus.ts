// Keep the keyboard inside the panel while it is open; Escape leaves it.

/** Focus, but never take the keyboard away from the shop's page: a chat that came along did not ask for it. */
export function focusQuietly(element: HTMLElement | null | undefined): void {
  if (document.hasFocus()) element?.focus({ preventScroll: true });
}

const FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), [tabindex='0']";

/** Call for a Tab key: at either end the focus goes round. */
export function trapFocus(root: HTMLElement, event: KeyboardEvent): void {
  const stops = [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((stop) => stop.checkVisibility());
  const first = stops[0];
  const last = stops.at(-1);
  const active = document.activeElement;
  if (event.shiftKey && (active === first || active === root)) go(last, event);
  else if (!event.shiftKey && active === last) go(first, event);
}

function go(stop: HTMLElement | undefined, event: KeyboardEvent): void {
  if (!stop) return;
  event.preventDefault();
  stop.focus();
}
