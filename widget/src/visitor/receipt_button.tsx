// Save the receipt as a file.
import { Icon } from "../shared/icon.tsx";
import { _ } from "../shared/i18n.ts";
import { downloadIcon } from "../shared/icons.ts";

export function ReceiptButton({ receipt }: { receipt: Record<string, unknown> }) {
  return (
    <button class="button" type="button" onClick={() => saveReceipt(receipt)}>
      <Icon path={downloadIcon} size={18} />
      {_("Save receipt")}
    </button>
  );
}

function saveReceipt(receipt: Record<string, unknown>): void {
  const file = new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: "application/json" });
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = "chat-receipt.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
