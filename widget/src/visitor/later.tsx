// A view whose code is fetched when it is first shown: what few visitors need weighs nothing for the others.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { _, loadMoreTexts } from "../shared/i18n.ts";

declare const CHATGATE_LATER_CSS: string;

let style: Promise<void> | undefined;

/** Their style, once, and before the first of them is drawn. */
function loadStyle(): Promise<void> {
  style ??= new Promise<void>((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = CHATGATE_LATER_CSS;
    link.onload = () => resolve();
    link.onerror = reject;
    document.head.append(link);
  }).catch((error: unknown) => {
    style = undefined;
    throw error;
  });
  return style;
}

/** `load` imports the view's module; a failed import can be tried again. */
export function later(load: () => Promise<ComponentType>): ComponentType {
  let Loaded: ComponentType | null = null;
  return function Later() {
    const [isLost, setIsLost] = useState(false);
    const [, drawAgain] = useState(0);
    const fetchView = () => {
      setIsLost(false);
      Promise.all([load(), loadMoreTexts(), loadStyle()])
        .then(([view]) => {
          Loaded = view;
          drawAgain((count) => count + 1);
        })
        .catch(() => setIsLost(true));
    };
    useEffect(() => {
      if (!Loaded) fetchView();
    }, []);
    if (Loaded) return <Loaded />;
    return (
      <div class="later" aria-busy={!isLost}>
        {isLost ? (
          <button class="button" type="button" onClick={fetchView}>
            {_("Not loaded: no connection. Try again")}
          </button>
        ) : (
          <div class="skeleton skeleton-block" />
        )}
      </div>
    );
  };
}
