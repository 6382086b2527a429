from __future__ import annotations

import html
import re
import time
import unicodedata

import liquid
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from crawler import sanitize
from crawler.sanitize import TEXT_LIMIT, code_text, http_url, markdown_text, plain_text
from tests.payloads import PAYLOADS

COMMONMARK = MarkdownIt("commonmark", {"html": True})
GFM = MarkdownIt("commonmark", {"html": True, "strikethrough_single_tilde": True}).enable(
    ["table", "strikethrough"]
)
LIQUID = liquid.Environment()
_NASTY = "\\`*_{}[]()#+-.!|<>&~$^:=\"'/@%;?, \n\t1ax9é日lt#"
nasty_text = st.text(st.sampled_from(_NASTY), max_size=40)
any_text = st.text(max_size=40) | st.lists(st.sampled_from(PAYLOADS), max_size=3).map("".join)


def shown(rendered: str) -> str:
    """Return the text of a rendered paragraph; a tag in it would be seen by the comparison."""
    match = re.fullmatch(r"<p>(.*)</p>\n", rendered, re.DOTALL)
    return html.unescape(match[1]).strip() if match else rendered


def squeezed(text: str) -> str:
    return re.sub("[ \t\n\v\f\r\x85\u2028\u2029]+", " ", text).strip()


# ---- plain_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  A\ttitle\r\nin \u2028 two\u00a0lines ", "A title in two lines"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("e\u200b\u0301", "\u00e9"),
        ("a\x00\x07\x1b[31m\x7f\x9fb", "a[31mb"),
        ("a\ud800b\ufffe\U0001ffffc", "abc"),
        ("evil\u202egpj.exe\u2066x\u2069", "evilgpj.exex"),
        ("vi\u200bag\u2060ra\ufeff so\u00adft", "viagra soft"),
        (
            "👩\u200d👩\u200d👧 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "👩\u200d👩\u200d👧 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("a\U000e0068\U000e0069", "a"),
        ("葛\U000e0100", "葛\U000e0100"),
        ("<b>bold</b> & 1 < 2", "\u2039b\u203abold\u2039/b\u203a & 1 \u2039 2"),
        ("<\u200bscript>x", "\u2039script\u203ax"),
        ("<!-- x --> <?php ?>", "\u2039!-- x --\u203a \u2039?php ?\u203a"),
        ('He said "no", "yes"', "He said \u201cno\u201d, \u201cyes\u201d"),
        ("(\"a 'b'\" don't", "(\u201ca \u2018b\u2019\u201d don\u2019t"),
        (
            "`x` 5'10\" '90s rock 'n' roll",
            "\u2018x\u2019 5\u201910\u201d \u201890s rock \u2018n\u2019 roll",
        ),
        ("\u1fefx\u1fef", "\u2018x\u2019"),  # NFC makes backticks of them
        ("&lt;b&gt; &amp; &#34; &quotx", "\uff06lt;b\uff06gt; \uff06amp; \uff06#34; \uff06quotx"),
        ("AT&T, R&D, Q&A & co", "AT&T, R&D, Q&A & co"),
        ("C:\\x \\u003cb", "C:\u2216x \u2216u003cb"),
        ("{{ x }} {% y %} {: z} {", "\uff5b{ x }} \uff5b% y %} \uff5b: z} \uff5b"),
        ("[x](y) [x]: y [1]", "[x] (y) [x]: y [1]"),
        ("x onfocus=y STYLE =z monthly=1 E=mc", "x onfocus\uff1dy STYLE \uff1dz monthly=1 E=mc"),
        ("", ""),
    ],
)
def test_plain_text_of(value: str, text: str) -> None:
    assert plain_text(value) == text


def test_long_plain_text_is_cut_with_an_ellipsis() -> None:
    assert plain_text("abc def", limit=7) == "abc def"
    assert plain_text("abc def", limit=6) == "abc d…"
    assert plain_text("abc def", limit=5) == "abc…"
    assert len(plain_text("x" * 10_000)) == TEXT_LIMIT


@given(any_text | nasty_text)
def test_plain_text_is_stable_nfc_and_opens_no_tag(value: str) -> None:
    text = plain_text(value, limit=30)
    assert plain_text(text, limit=30) == text
    assert len(text) <= 30
    assert unicodedata.is_normalized("NFC", text)
    assert not re.search(r"""[<>"'`\\]""", text)
    assert html.unescape(text) == text or re.search(r"&[A-Za-z]{3}", text)
    assert not any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text
    )


# ---- http_url


@pytest.mark.parametrize(
    ("value", "base", "url"),
    [
        ("https://example.com/a", None, "https://example.com/a"),
        (" HTTPS://Example.com/a b ", None, "https://example.com/a%20b"),
        ("/a?b=1#c", "https://example.com/x/y", "https://example.com/a?b=1#c"),
        ("//cdn.example.com/i.png", "https://example.com/", "https://cdn.example.com/i.png"),
        ("i (1).png", "https://example.com/x/", "https://example.com/x/i%20%281%29.png"),
        (
            "https://example.com/{{x}}'\"<>`|^[]\\",
            None,
            "https://example.com/%7B%7Bx%7D%7D%27%22%3C%3E%60%7C%5E%5B%5D/",
        ),
        ("https://example.com/\u202ea\x00b\u2066", None, "https://example.com/ab"),
        ("https://münchen.example/é", None, "https://xn--mnchen-3ya.example/%C3%A9"),
        ("http://[2001:db8::1]:8080/a", None, "http://[2001:db8::1]:8080/a"),
        ("http://localhost:8000/a", None, "http://localhost:8000/a"),
        ("https://example.com\\@evil.example/", None, "https://example.com/@evil.example/"),
    ],
)
def test_an_http_url_comes_back_absolute_and_safe(value: str, base: str | None, url: str) -> None:
    assert http_url(value, base) == url


@pytest.mark.parametrize("base", [None, "https://example.com/a"])
@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "java\u200bscript:alert(1)",
        "javascript&colon;alert(1)",
        "&#106;avascript:alert(1)",
        "java&Tab;script:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "ftp://example.com/",
        "file:///etc/passwd",
        "blob:https://example.com/x",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "http://[::1/",
        "http://example.com:99999/",
        "http://exa mple.com/",
        "http://ex<ample.com/",
        "https://example.com/" + "a" * 2_100,
        "https://example.com/" + "é" * 500,
        "",
        " \t\n",
    ],
)
def test_anything_else_is_no_http_url(value: str, base: str | None) -> None:
    assert http_url(value, base) is None


@given(
    st.from_regex(r"https?://([a-z0-9-]{1,9}\.){1,3}[a-z]{2,4}", fullmatch=True),
    st.text("aZ09._~!$&*+,=:@?/-%;'", max_size=30),
)
@example("https://www.example.com", "a//b/../c/./d?x=/?")
@example("https://xn--a.example", "")
def test_a_plain_url_is_what_the_long_way_makes_of_it(site: str, rest: str) -> None:
    """The fragment keeps from the short cut."""
    plain, long_way = http_url(f"{site}/{rest}"), http_url(f"{site}/{rest}#f")
    assert plain == (long_way.removesuffix("#f") if long_way else None)


def test_a_relative_url_without_base_is_no_http_url() -> None:
    assert http_url("/a") is None
    assert http_url("//example.com/a") is None
    assert http_url("https:///") is None


@given(any_text | nasty_text)
def test_every_http_url_survives_attributes_and_markdown(value: str) -> None:
    url = http_url(f"/{value}", "https://example.com/")
    if url is None:
        return
    assert re.fullmatch(r"https?://[!#$%&*+,\-./0-9:;=?@A-Z_a-z~]+", url)
    assert http_url(url) == url
    link = COMMONMARK.parseInline(f"[text]({url})")[0].children or []
    assert [token.type for token in link] == ["link_open", "text", "link_close"]


# ---- markdown_text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Plain text, with (brackets) - and 1.5 dots.", None),
        ("snake_case stays", None),
        ("It costs $5 or ~6", None),
        ("_edge_ 1_2", r"\_edge\_ 1\_2"),
        ("{{ x }} {% y %} {: z} {", r"\{\{ x \}\} &#123;% y %\} &#123;: z\} &#123;"),
        ("a < b", "a &lt; b"),
        ("AT&T &copy; &", "AT&T &amp;copy; &amp;"),
        ("# C#", r"\# C\#"),
        ("1. a", r"1\. a"),
        ("a\\", "a&#92;"),
        ("a\\b", r"a\\b"),
        ("Wow!", r"Wow\!"),
        ("~~a~~", "&#126;&#126;a&#126;&#126;"),
        ("$$x$$", r"\$\$x\$\$"),
        ("see https://www.example.com", r"see https\://www\.example.com"),
        (" a\n\n b ", " a b "),
    ],
)
def test_markdown_text_of(text: str, markdown: str | None) -> None:
    assert markdown_text(text) == (text if markdown is None else markdown)


@pytest.mark.parametrize("engine", [COMMONMARK, GFM], ids=["commonmark", "gfm"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_shown_as_the_text_it_is(payload: str, engine: MarkdownIt) -> None:
    assert shown(engine.render(markdown_text(payload))) == squeezed(plain_characters(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_liquid_leaves_a_payload_alone(payload: str) -> None:
    for text in (markdown_text(payload), code_text(payload)):
        assert LIQUID.from_string(text).render() == text


@given(nasty_text | any_text)
@example("&#" + "1" * 30 + ";")
def test_markdown_shows_exactly_the_text(text: str) -> None:
    markdown = markdown_text(text)
    expected = squeezed(plain_characters(text))
    for engine in (COMMONMARK, GFM):
        rendered = engine.render(markdown)
        assert shown(rendered) == expected or (not expected and not rendered)


@given(nasty_text, nasty_text)
def test_markdown_text_is_inert_between_other_inline_markdown(left: str, right: str) -> None:
    markdown = f"x{markdown_text(left)}[l](https://e.example){markdown_text(right)}*e*"
    rendered = GFM.render(markdown)
    assert rendered.count("<") == rendered.count("<p>") * 2 + rendered.count("</a>") * 2 + (
        rendered.count("</em>") * 2
    )
    assert '<a href="https://e.example">l</a>' in rendered
    assert rendered.count("<a ") == 1


@given(nasty_text)
def test_markdown_text_is_inert_in_headings_and_table_cells(text: str) -> None:
    markdown = markdown_text(text)
    expected = squeezed(text)
    heading = re.fullmatch(r"<h2>(.*)</h2>\n", GFM.render(f"## {markdown}"))
    assert heading is not None
    assert html.unescape(heading[1]).strip() == expected
    cells = re.findall(r"<td>(.*)</td>", GFM.render(f"| a |\n|---|\n| {markdown} |"))
    assert [html.unescape(cell) for cell in cells] == [expected]


@given(nasty_text | any_text)
def test_markdown_text_contains_nothing_that_generators_run(text: str) -> None:
    markdown = markdown_text(text)
    assert not re.search(r"\{[{%:#]|<|\n|(?i:https?://)", markdown)
    assert LIQUID.from_string(markdown).render() == markdown


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=40))
def test_words_stay_whole(text: str) -> None:
    words = set(re.findall(r"[^\W_]+", markdown_text(text)))
    assert words >= set(re.findall(r"[^\W_]+", text))


# ---- code_text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("if (a) {\n\treturn {};\n}", "if (a) {\n\treturn {};\n}"),
        ("{{ x }} {% y %} {# z #}", "{ { x }} { % y %} { # z #}"),
        ("{{{", "{ { {"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x00\x1b\u202eb", "ab"),
        ("{\x00{", "{ {"),
        ("<b>&amp;\\</b>", "< b>&amp;\\< /b>"),
        ("a < b <= c << 1 <-> <3 i<10", "a < b <= c << 1 <-> <3 i<10"),
        ("<!-- <?php <%= <\u00e9 <_x <:x", "< !-- < ?php < %= < \u00e9 < _x < :x"),
        ("{: onclick=x} {::nomarkdown} f'{:.2f}'", "{ : onclick=x} { ::nomarkdown} f'{ :.2f}'"),
        ("a[0](b) [x](y)", "a[0] (b) [x] (y)"),
        ("if a[0]:\n  x[1:]: int", "if a[0]:\n  x[1:]: int"),
        ("[x]: y\n> *[x]: y\n[^1]: y", "[x] : y\n> *[x] : y\n[^1] : y"),
        ("[a\nb]: y [a[b]: y", "[a\nb] : y [a[b] : y"),
        ("x ^~~~~ y ~~z~~", "x ^~~~~ y ~~z~~"),
        ("# **~~z~~**", "# **~ ~z~ ~**"),
        ('```go\n> ~~~~x"onclick=y\n~~~ "', '```go\n> ~~ ~~x"onclick=y\n~~ ~ "'),
        ("error: 'x'\n  ~~~^", "error: 'x'\n  ~~~^"),
        ('# x {id="y"}\n{"id": 1.5}', '# x \uff5bid="y"}\n{"id": 1.5}'),
        ("*~~~z~~~*\n===", "*~ ~ ~z~ ~ ~*\n==="),
    ],
)
def test_code_text_of(text: str, code: str) -> None:
    assert code_text(text) == code


@given(nasty_text | any_text)
def test_liquid_leaves_code_alone(text: str) -> None:
    code = code_text(text)
    assert not re.search(r"\{[{%#:]|<[A-Za-z/!?]|\]\(", code)
    assert code_text(code) == code
    assert LIQUID.from_string(code).render() == code


# ---- all


@pytest.mark.parametrize("piece", ["<", "&a", "_", "{", "\\", "@a", "~", "\u202e", "#", "$", "1"])
def test_a_megabyte_of_hostile_text_takes_no_longer_than_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.perf_counter()
    plain_text(text)
    markdown_text(text)
    code_text(text)
    http_url(text, "https://example.com/")
    assert time.perf_counter() - started < 20


def plain_characters(text: str) -> str:
    """Return the text without the characters that must not be shown, by their categories."""
    return "".join(
        character
        for character in text
        if not (
            character in "\u00ad\u200b\ufeff\ufff9\ufffa\ufffb"
            or "\u202a" <= character <= "\u202e"
            or "\u2060" <= character <= "\u206f"
            or "\U000e0000" <= character <= "\U000e007f"
            or "\ufdd0" <= character <= "\ufdef"
            or ord(character) & 0xFFFE == 0xFFFE
            or unicodedata.category(character) == "Cs"
            or (unicodedata.category(character) == "Cc" and character not in "\t\n\v\f\r\x85")
        )
    )


# ---- what is passed at a glance


def test_no_character_that_is_hidden_is_printable() -> None:
    printable = "".join(filter(str.isprintable, map(chr, range(0x110000))))
    assert sanitize._HIDDEN.search(printable) is None
    assert sanitize._LINE_SPACE.findall(printable) == [" "]


@given(nasty_text | any_text)
@example("WwW.example.com")
@example(" 1. one")
@example("the  \u200bend")
def test_text_that_is_passed_at_a_glance_has_nothing_to_escape(text: str) -> None:
    line = sanitize._LINE_SPACE.sub(" ", sanitize._HIDDEN.sub("", text))
    assert markdown_text(text) == sanitize._MARKDOWN.sub(sanitize._escape, line)
