// A table that stands as cards, one for each row, where its place is narrow. The names of the columns then stand beside
// the cells; the roles are written out, because a browser takes them from a table that is not drawn as one.

import type { ComponentChildren } from "preact";
import { _, formatDateTime } from "../../../shared/i18n.ts";

export interface Column<Row> {
  /** Nothing for a column of buttons: each of them says what it does. */
  name: string;
  cell: (row: Row) => ComponentChildren;
  /** Names the row, and stands at the head of its card. */
  heads?: boolean;
  kind?: "number" | "actions";
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** Nothing while the rows are being asked for. */
  rows: readonly Row[] | null;
  keyOf: (row: Row) => string;
  quiet?: (row: Row) => boolean;
  /** What to say when there is no row. */
  none: string;
  children?: ComponentChildren;
}

function Loading() {
  return (
    <div class="table-loading" aria-busy="true">
      {[0, 1, 2].map((index) => (
        <div key={index} class="skeleton" />
      ))}
    </div>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { cell, heads, kind, name } = column;
  const content = cell(row);
  if (heads === true) {
    return (
      <th scope="row" role="rowheader">
        {content}
      </th>
    );
  }
  // A card leaves out what is empty.
  const empty = content === null || content === "" || content === false;
  return (
    <td role="cell" class={kind === undefined ? undefined : `cell-${kind}`} data-name={name} data-empty={empty}>
      <div>{content}</div>
    </td>
  );
}

export function DataTable<Row>({ label, columns, rows, keyOf, quiet, none, children }: Props<Row>) {
  return (
    <div class="table-place" role="region" aria-label={label}>
      {rows === null && <Loading />}
      {rows !== null && rows.length === 0 && <p class="card-quiet">{none}</p>}
      {rows !== null && rows.length > 0 && (
        <table role="table">
          <thead role="rowgroup">
            <tr role="row">
              {columns.map(({ name }, index) => (
                <th key={index} role="columnheader" scope="col">
                  {name || <span class="visually-hidden">{_("Actions")}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((row) => (
              <tr key={keyOf(row)} role="row" class={quiet?.(row) === true ? "row-quiet" : undefined}>
                {columns.map((column, index) => (
                  <Cell key={index} column={column} row={row} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {children}
    </div>
  );
}

/** A point in time in a cell. */
export function Time({ at }: { at: string }) {
  return <time dateTime={at}>{formatDateTime(at)}</time>;
}
