"""The rules every page keeps; `check` fails where a page breaks one."""

from __future__ import annotations

from tests.reading import Page

FOCUSABLE = {"a", "button", "input", "select", "textarea", "summary"}
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


def check(page: Page) -> None:
    """Fail where a page breaks one of the rules every page keeps."""
    for rule in (_one_heading, _unique_ids, _labels, _references, _nothing_inline, _forms):
        rule(page)


def _one_heading(page: Page) -> None:
    assert len(page.all("h1")) == 1, f"{page.url} has {len(page.all('h1'))} h1"
    assert page.heading, f"{page.url} has an empty h1"
    assert len(page.all("title")) >= 1, f"{page.url} has no title"
    assert page.title.strip(" –"), f"{page.url} has an empty title"
    assert page.title.count("dmas") >= 1, f"{page.url}: the title does not name the site"
    assert not page.title.startswith(" –"), f"{page.url}: the title says nothing about the page"
    assert page.all("html")[0].get("lang") == "en", f"{page.url} does not say its language"
    assert page.errors() == [] or page.title.startswith("Error: "), f"{page.url}: no 'Error: ' in the title"


def _unique_ids(page: Page) -> None:
    ids = [element["id"] for element in page.elements if "id" in element.attributes]
    twice = {one for one in ids if ids.count(one) > 1}
    assert not twice, f"{page.url} has ids twice: {sorted(twice)}"
    assert "" not in ids, f"{page.url} has an empty id"


def _labels(page: Page) -> None:
    labelled = {label.get("for") for label in page.all("label") if label.text.strip()}
    for one in page.elements:
        if one.tag not in {"input", "select", "textarea"} or one.get("type") in UNLABELLED:
            continue
        named = one.get("id") in labelled or one.get("aria-label") or one.inside("label")
        assert named, f"{page.url}: no label for {one.get('name')!r}"
        if one.get("type") in {"radio", "checkbox"} and not one.get("id").startswith("filter-"):
            alone = sum(other.get("name") == one["name"] for other in page.all("input")) == 1
            assert alone or one.inside("fieldset"), f"{page.url}: {one['name']!r} has no fieldset"
    for button in page.all("button"):
        assert button.text.strip() or button.get("aria-label"), f"{page.url} has a button without words"
    for link in page.all("a"):
        assert link.text.strip() or link.get("aria-label"), f"{page.url} has a link without words"


def _references(page: Page) -> None:
    by_id = {element["id"]: element for element in page.elements if "id" in element.attributes}
    for link in page.all("a"):
        href = link.get("href")
        if not href.startswith("#") or "nhsuk-skip-link" in link.get("class"):
            continue
        target = by_id.get(href[1:])
        assert target is not None, f"{page.url}: {href} leads nowhere"
        summary = link.inside("ul")
        if summary is not None and "nhsuk-error-summary__list" in summary.get("class"):
            assert target.tag in FOCUSABLE, f"{page.url}: {href} leads to <{target.tag}>, not to an input"
    for element in page.elements:
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            for one in element.get(name).split():
                assert one in by_id, f"{page.url}: {name}={one!r} names nothing"


def _nothing_inline(page: Page) -> None:
    policy = page.response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    for element in page.elements:
        assert element.tag != "style", f"{page.url} has a style element"
        assert "style" not in element.attributes, f"{page.url}: <{element.tag}> has a style"
        handlers = [name for name in element.attributes if name.startswith("on")]
        assert not handlers, f"{page.url}: <{element.tag}> has {handlers}"
        if element.tag == "script":
            nonce = element.get("nonce")
            assert nonce, f"{page.url} has a script without a nonce"
            assert f"'nonce-{nonce}'" in policy, f"{page.url}: a nonce the policy does not know"
        address = element.get("href") or element.get("src")
        assert not address.startswith(("http:", "//", "javascript:")), f"{page.url} leads to {address}"


def _forms(page: Page) -> None:
    for form in page.all("form"):
        if form.get("method", "get") != "post":
            continue
        names = [one.get("name") for one in page.all("input") if one.inside("form") is form]
        assert "csrf_token" in names, f"{page.url}: a form without its token"
