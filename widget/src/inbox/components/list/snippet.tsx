// Where the words of a search were found, with the words marked.

import { _ } from "../../../shared/i18n.ts";
import type { SearchHit } from "../../server/wire.ts";

function foundIn(hit: SearchHit): string {
  const names: Record<SearchHit["found_in"], string> = {
    message: "",
    note: _("Note"),
    name: _("Name"),
    tag: _("Tag"),
  };
  return names[hit.found_in];
}

/** So many letters stand before the first word that was found: more would push it out of the row. */
const LEAD_CHARACTERS = 16;

/** Return where to begin so that the first mark is in view: at the beginning of a word. */
function beginOf(snippet: string, first: number): number {
  if (first <= LEAD_CHARACTERS) return 0;
  const space = snippet.indexOf(" ", first - LEAD_CHARACTERS);
  return space === -1 || space >= first ? first : space + 1;
}

export function Snippet({ hit }: { hit: SearchHit }) {
  const { snippet, marks } = hit;
  const place = foundIn(hit);
  const begin = beginOf(snippet, marks[0]?.[0] ?? 0);
  let end = begin;
  const pieces = marks.flatMap(([start = 0, stop = 0]) => {
    const before = snippet.slice(end, start);
    end = stop;
    return [before, <mark key={start}>{snippet.slice(start, stop)}</mark>];
  });
  return (
    <span class="row-line">
      {place !== "" && <span class="row-place">{place}</span>}
      <bdi>
        {begin > 0 && "…"}
        {pieces}
        {snippet.slice(end)}
      </bdi>
    </span>
  );
}
