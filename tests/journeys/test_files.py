"""Vera and Adam send each other files: chosen, pasted, dropped, broken off, refused, and nothing is lost on the way."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.services import sites
from tests import sample_files
from tests.cast import SITE
from tests.journeys.browsing import inside, start_chat, violations, widget
from tests.live import Server, VisitorClient

pytestmark = pytest.mark.journey

PICK = "Attach an image or a PDF"


def file(name: str, data: bytes, media_type: str = "image/jpeg") -> dict[str, Any]:
    """Return a file as the browser's dialog hands it over."""
    return {"name": name, "mimeType": media_type, "buffer": data}


def choose(frame: Any, *files: dict[str, Any]) -> None:
    """Choose files with the button."""
    frame.get_by_label(PICK).set_input_files(list(files))


def press_send(frame: Any) -> None:
    """Send what stands in the composer."""
    frame.get_by_role("button", name="Send", exact=True).click()


def pass_in(frame: Any, selector: str, how: str, name: str, data: bytes) -> None:
    """Paste a file into an element, or drop it there, as the browser does it."""
    frame.locator(selector).first.evaluate(
        """(element, { how, name, data }) => {
            const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type: "image/png" }));
            const options = { bubbles: true, cancelable: true };
            if (how === "paste") {
                element.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: transfer }));
            } else for (const type of ["dragover", "drop"])
                element.dispatchEvent(new DragEvent(type, { ...options, dataTransfer: transfer }));
        }""",
        {"how": how, "name": name, "data": base64.b64encode(data).decode()},
    )


@pytest.fixture
def page(new_window: Callable[..., Any]) -> Any:
    """Return a page whose policy lets axe in."""
    return new_window(bypass_csp=True, reduced_motion="reduce")


def test_a_photo_and_a_document_reach_the_inbox_and_an_answer_comes_back(
    page: Any, window: Callable[..., Any], start_server: Callable[..., Server]
) -> None:
    server = start_server()
    frame = start_chat(page, server)
    frame.get_by_label("Your message").fill("It arrived broken")
    choose(
        frame,
        file("cup.jpg", sample_files.photo(1, 640, 480)),
        file("invoice.pdf", sample_files.pdf(), "application/pdf"),
    )
    frame.get_by_role("list", name="Files for the next message").get_by_text("invoice.pdf").wait_for()
    assert violations(inside(page)) == []
    frame.locator(".tray-line[data-state=done]").nth(1).wait_for()
    press_send(frame)
    frame.get_by_role("img", name="cup.jpg").wait_for()
    frame.get_by_role("button", name="invoice.pdf").wait_for()
    expect(frame.locator(".tray-line")).to_have_count(0)
    assert violations(inside(page)) == []

    inbox = window(server)
    inbox.locator("[id^=row-]").click()
    picture = inbox.get_by_role("img", name="cup.jpg")
    picture.wait_for()
    inbox.wait_for_function("document.querySelector('.picture img')?.naturalWidth === 640")
    picture.click()
    inbox.get_by_role("dialog", name="cup.jpg").wait_for()
    assert violations(inbox) == []
    inbox.keyboard.press("Escape")
    inbox.get_by_role("dialog").wait_for(state="detached")
    with inbox.expect_download() as download:
        inbox.get_by_role("button", name="invoice.pdf").click()
    assert download.value.suggested_filename == "invoice.pdf"
    assert download.value.path().read_bytes() == sample_files.pdf()

    choose(inbox, file("label.png", sample_files.png(200, 100), "image/png"))
    inbox.locator(".tray-line[data-state=done]").wait_for()
    assert violations(inbox) == []
    press_send(inbox)
    frame.get_by_role("img", name="label.png").wait_for()
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="label.png").click()
    assert opened.value.url.startswith("blob:")


def test_a_picture_is_pasted_and_another_dropped(page: Any, start_server: Callable[..., Server]) -> None:
    frame = start_chat(page, start_server())
    pass_in(frame, ".composer textarea", "paste", "pasted.png", sample_files.png())
    pass_in(frame, ".chat", "drop", "dropped.png", sample_files.png())
    frame.locator(".tray-line[data-state=done]").nth(1).wait_for()
    press_send(frame)
    for name in ("pasted.png", "dropped.png"):
        frame.get_by_role("img", name=name).wait_for()


def test_an_upload_that_breaks_off_is_tried_again_and_nothing_is_lost(
    page: Any, start_server: Callable[..., Server]
) -> None:
    server = start_server()
    frame = start_chat(page, server)
    frame.get_by_label("Your message").fill("Two photos")
    broken = []

    def breaks_off(route: Any) -> None:
        broken.append(route.request.headers["x-client-id"])
        if len(broken) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.context.route("**/attachments", breaks_off)
    choose(frame, file("first.jpg", sample_files.photo()), file("second.jpg", sample_files.photo()))
    frame.locator(".tray-line[data-state=failed]").get_by_text("The upload broke off.").wait_for()
    frame.locator(".tray-line[data-state=done]").wait_for()
    assert frame.get_by_label("Your message").input_value() == "Two photos"
    assert violations(inside(page)) == []
    frame.get_by_role("button", name="Try first.jpg again").click()
    frame.locator(".tray-line[data-state=done]").nth(1).wait_for()
    assert broken[0] == broken[2], "the same file under the same id"
    press_send(frame)
    for name in ("first.jpg", "second.jpg"):
        frame.get_by_role("img", name=name).wait_for()
    assert server.core.storage.row_counts(["attachment"]) == {"attachment": 2}


def test_a_file_that_may_not_be_sent_says_why_and_leaves_with_the_others(
    page: Any, start_server: Callable[..., Server]
) -> None:
    server = start_server()
    sites.set_site(server.core, SITE, {"attachment_max_megabytes": 1})
    frame = start_chat(page, server)
    choose(
        frame,
        file("page.jpg", sample_files.HTML),
        file("large.pdf", sample_files.pdf(b"x" * 1_100_000), "application/pdf"),
        file("bomb.png", sample_files.bomb(), "image/png"),
        file("cup.jpg", sample_files.photo()),
    )
    tray = frame.get_by_role("list", name="Files for the next message")
    for words in (
        "Only images (JPEG, PNG, WebP, GIF) and PDF",
        "Too large: at most 1 MB.",
        "The image has too many pixels.",
    ):
        tray.get_by_text(words).wait_for()
    frame.locator(".tray-line[data-state=done]").wait_for()
    assert violations(inside(page)) == []
    frame.get_by_role("button", name="Remove large.pdf").click()
    expect(frame.locator(".tray-line[data-state=failed]")).to_have_count(2)
    press_send(frame)
    frame.get_by_role("img", name="cup.jpg").wait_for()
    expect(frame.locator(".tray-line")).to_have_count(0)
    assert server.core.storage.row_counts(["attachment"]) == {"attachment": 1}


def test_what_is_taken_back_is_deleted_on_the_server(page: Any, start_server: Callable[..., Server]) -> None:
    server = start_server()
    frame = start_chat(page, server)
    choose(frame, file("cup.jpg", sample_files.photo()))
    frame.locator(".tray-line[data-state=done]").wait_for()
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        frame.get_by_role("button", name="Remove cup.jpg").click()
    assert server.core.storage.row_counts(["attachment"]) == {"attachment": 0}
    assert [path for path in (server.data_dir / "attachments").rglob("*") if path.is_file()] == []


def test_the_place_of_a_photo_reaches_nobody(
    page: Any, start_server: Callable[..., Server], visitor: Callable[..., VisitorClient]
) -> None:
    server = start_server()
    frame = start_chat(page, server)
    choose(frame, file("holiday.jpg", sample_files.photo()))
    frame.locator(".tray-line[data-state=done]").wait_for()
    press_send(frame)
    frame.get_by_text("Delivered", exact=True).wait_for()
    with server.core.storage.read() as db:
        row = db.exec_driver_sql("SELECT id, sealing_key FROM attachment").one()
    stored = server.core.files.read(row.id, row.sealing_key)
    assert stored is not None
    assert sample_files.GPS_CANARY not in stored
    page.reload()
    widget(page).get_by_role("img", name="holiday.jpg").wait_for()


def test_a_site_without_files_has_no_button(page: Any, start_server: Callable[..., Server]) -> None:
    server = start_server()
    sites.set_site(server.core, SITE, {"attachments": False})
    frame = start_chat(page, server)
    assert frame.get_by_label(PICK).count() == 0
