// Save the receipt as a file.
import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { downloadIcon } from "../../shared/icons.ts";
import { saveFile } from "../save.ts";

export function ReceiptButton({ receipt }: { receipt: Record<string, unknown> }) {
  return (
    <button class="button" type="button" onClick={() => saveReceipt(receipt)}>
      <Icon path={downloadIcon} size={18} />
      {_("Save receipt")}
    </button>
  );
}

function saveReceipt(receipt: Record<string, unknown>): void {
  saveFile("chat-receipt.json", "application/json", `${JSON.stringify(receipt, null, 2)}\n`);
}
