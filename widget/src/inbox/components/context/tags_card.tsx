// The tags of a conversation: add by name, take away; a new name becomes a tag of the shop.

import { useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { xIcon } from "../../../shared/icons.ts";
import { may } from "../../rights.ts";
import type { AgentConversation } from "../../server/wire.ts";
import { useDesk, useSelect } from "../desk.tsx";

const NAME_MAX_CHARACTERS = 40;

function AddTag({ id, taken }: { id: string; taken: readonly string[] }) {
  const { work } = useDesk();
  const known = useSelect((state) => state.tags);
  const [name, setName] = useState("");
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") return;
    setName("");
    void work.tag(id, wanted, true);
  };
  return (
    <form class="tag-add" onSubmit={onSubmit}>
      <label class="visually-hidden" for="tag-name">
        {_("Add a tag")}
      </label>
      <input
        id="tag-name"
        class="field"
        list="known-tags"
        maxLength={NAME_MAX_CHARACTERS}
        autocomplete="off"
        placeholder={_("Add a tag")}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <datalist id="known-tags">
        {known
          .filter((tag) => !taken.includes(tag.name))
          .map((tag) => (
            <option key={tag.id} value={tag.name} />
          ))}
      </datalist>
    </form>
  );
}

export function TagsCard({ conversation }: { conversation: AgentConversation }) {
  const { work } = useDesk();
  const mayTag = useSelect((state) => may(state.me, "tag_add"));
  const { id, tags } = conversation;
  return (
    <section class="card">
      <h2>{_("Tags")}</h2>
      {tags.length > 0 && (
        <ul class="tags">
          {tags.map((tag) => (
            <li key={tag.id} class="tag">
              <bdi>{tag.name}</bdi>
              {mayTag && (
                <button
                  type="button"
                  aria-label={_("Remove the tag {name}", { name: tag.name })}
                  onClick={() => void work.tag(id, tag.name, false)}
                >
                  <Icon path={xIcon} size={12} />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayTag ? (
        <AddTag id={id} taken={tags.map((tag) => tag.name)} />
      ) : (
        tags.length === 0 && <p class="card-quiet">{_("No tags.")}</p>
      )}
    </section>
  );
}
