// An icon as inline SVG. It is decoration: the words beside it, or the label of its button, say what it means.

/** `path` is one of the constants of icons.ts. `flips` turns an arrow round in right-to-left languages. */
export function Icon({ path, size = 20, flips = false }: { path: string; size?: number; flips?: boolean }) {
  return (
    <svg
      class={flips ? "icon icon-flips" : "icon"}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}
