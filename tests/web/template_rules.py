"""The rules every template keeps, as a function from its text to its faults."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src" / "makegood" / "web"
TEMPLATES = sorted(WEB.glob("*/templates"))

_FORBIDDEN = {
    "inline style": r"<style\b|\sstyle\s*=",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "hx-on": r"\bhx-on\b",
    "event attribute": r"<[^>]*\son[a-z]+\s*=",
    "script value": r"hx-(vals|headers)\s*=\s*[\"']js:|javascript:",
    "time only through its tags": r"\|\s*(date|time|timesince|timeuntil|naturaltime|naturalday)\b|\{%\s*now\b",
    "number only through its tags": r"\|\s*(floatformat|intcomma|localize|filesizeformat)\b",
    "money only through its tags": r"\{\{[^}]*(amount_minor|_minor\b)[^}]*\}\}",
    # Django fills a filtered name inside a sentence with nothing: the filter goes into `with`.
    "filter in a sentence": r"\{%\s*blocktranslate\b(?:(?!endblocktranslate).)*?\{\{[^}]*\|[^}]*\}\}",
    "markup in the title": (
        r"\{%\s*block title\s*%\}(?:(?!\{%\s*endblock\s|striptags).)*\{%\s*(?:day|moment|money)\s"
        r"(?:(?!\{%\s*endblock\s|striptags).)*\{%\s*endblock\s"
    ),
    "unescaped text": r"\|\s*(safe|safeseq)\b|\{%\s*autoescape\s+off",
}
# What a name's direction cannot flow out of: a choice, the window's title, an attribute.
_APART = re.compile(
    r"<option\b.*?</option>|<title>.*?</title>|\{%\s*block title\s*%\}.*?\{%\s*endblock"
    r"|\s[\w-]+=\"[^\"<>]*\{\{[^\"<>]*\"",
    re.DOTALL,
)
_NAME = re.compile(r"(<bdi[^>]*>)?\{\{\s*[\w.]*(?:display_name|full_name|other_name)\s*\}\}")
_REMARK = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
_TRANSLATED = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
# Classes and addresses are not said to anybody.
_UNSAID = re.compile(r"\{%\s*block \w+_(?:class|url)\s*%\}.*?\{%\s*endblock", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_OWN_WORDS = re.compile(r"<(\w+)[^>]*\stranslate=\"no\"[^>]*>.*?</\1>|<bdi[^>]*>.*?</bdi>", re.DOTALL)
_MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>|&#?\w+;|<!doctype[^>]*>", re.DOTALL | re.IGNORECASE)
_SPOKEN = re.compile(r"\s(?:aria-label|title|placeholder|alt)\s*=\s*\"([^\"]*)\"")
_CONTROL = re.compile(r"<(input|select|textarea)\b([^>]*)>", re.IGNORECASE)


def named(path: Path) -> str:
    """The template's place below `web/`."""
    return str(path.relative_to(WEB))


def faults_in(text: str) -> list[str]:
    """Every fault of a template's text: the rule, then what broke it."""
    source = _REMARK.sub("", text)
    found = [
        f"{rule}: {match[0].strip()}" for rule, pattern in _FORBIDDEN.items() for match in re.finditer(pattern, source)
    ]
    return found + _hard_coded(source) + _unlabelled(source) + _unguarded(source) + _loose_names(source)


def _loose_names(source: str) -> list[str]:
    """Names of people whose direction could flow into the text around them: they stand in `<bdi>`."""
    bare = _APART.sub("", source)
    return [f"name outside bdi: {match[0]}" for match in _NAME.finditer(bare) if match[1] is None]


def _hard_coded(source: str) -> list[str]:
    # Quotation marks inside template tags would end attributes early: the tags go first.
    bare = _TAG.sub("", _UNSAID.sub("{% endblock", _TRANSLATED.sub("", source)))
    words = [_SPOKEN.findall(bare), _MARKUP.sub("\n", _OWN_WORDS.sub("", bare)).split("\n")]
    texts = [word.strip() for group in words for word in group]
    return [f"hard-coded text: {word}" for word in texts if re.search(r"[^\W\d_]", word)]


def _unlabelled(source: str) -> list[str]:
    found = []
    marked = _TAG.sub(lambda match: "x" * len(match[0]), source)
    for match in _CONTROL.finditer(marked):
        attributes = match[2]
        if re.search(r'type="(hidden|submit|button)"', attributes):
            continue
        identity = re.search(r'\sid="([^"]*)"', attributes)
        is_labelled = identity is not None and f'for="{identity[1]}"' in marked
        if not is_labelled and "aria-label" not in attributes:
            found.append(f"unlabelled control: {source[match.start() : match.end()]}")
    return found


def _unguarded(source: str) -> list[str]:
    found = []
    for match in re.finditer(r"<(\w+)\b[^>]*\shx-(post|put|patch|delete)=", source):
        if match[1] != "form":
            found.append(f"hx-post outside a form: {match[0]}")
    for match in re.finditer(r"<form\b([^>]*)>(.*?)</form>", source, re.DOTALL):
        if 'method="post"' in match[1] and "{% csrf_token %}" not in match[2]:
            found.append(f"form without csrf_token: {match[0][:60]}")
    return found
