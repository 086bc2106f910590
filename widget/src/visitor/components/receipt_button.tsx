// Save the receipt as a file.
import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { downloadIcon } from "../../shared/icons.ts";
import { saveFile } from "../save.ts";

interface ReceiptButtonProps {
  receipt: Record<string, unknown>;
  /** A button of its own, or one line of a list of actions. */
  look?: "button" | "action";
}

export function ReceiptButton({ receipt, look = "button" }: ReceiptButtonProps) {
  return (
    <button class={look} type="button" onClick={() => saveReceipt(receipt)}>
      <Icon path={downloadIcon} size={18} />
      {_("Save receipt")}
    </button>
  );
}

function saveReceipt(receipt: Record<string, unknown>): void {
  saveFile("chat-receipt.json", "application/json", `${JSON.stringify(receipt, null, 2)}\n`);
}
