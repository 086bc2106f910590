// Where the words of a search were found, with the words marked.

import { _ } from "../../shared/i18n.ts";
import type { SearchHit } from "../wire.ts";

function foundIn(hit: SearchHit): string {
  const names: Record<SearchHit["found_in"], string> = {
    message: "",
    note: _("Note"),
    name: _("Name"),
    tag: _("Tag"),
  };
  return names[hit.found_in];
}

export function Snippet({ hit }: { hit: SearchHit }) {
  const { snippet, marks } = hit;
  const place = foundIn(hit);
  let end = 0;
  const pieces = marks.flatMap(([start = 0, stop = 0]) => {
    const before = snippet.slice(end, start);
    end = stop;
    return [before, <mark key={start}>{snippet.slice(start, stop)}</mark>];
  });
  return (
    <span class="row-line">
      {place !== "" && <span class="row-place">{place}</span>}
      <bdi>
        {pieces}
        {snippet.slice(end)}
      </bdi>
    </span>
  );
}
