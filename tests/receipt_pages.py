"""Reads a printed receipt as a program would: every field of it, by path."""

from html.parser import HTMLParser


def fields_of(page: str) -> list[tuple[str, str]]:
    """Return the fields of a printed page: what ``receipt_fields`` returns for its receipt."""
    reader = _FieldReader()
    reader.feed(page)
    reader.close()
    return reader.fields


class _FieldReader(HTMLParser):
    """Collects the text of every element with ``data-field``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: list[tuple[str, str]] = []
        self._path: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        path = dict(attrs).get("data-field")
        if path is not None:
            self._path = path
            self.fields.append((path, ""))

    def handle_endtag(self, tag: str) -> None:
        self._path = None

    def handle_data(self, data: str) -> None:
        if self._path is not None:
            self.fields[-1] = (self._path, self.fields[-1][1] + data)
