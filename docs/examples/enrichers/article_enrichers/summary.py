"""An extractive summary: the sentences of an article that say most, by sumy's Luhn summarizer."""

import re

from sumy.nlp.stemmers import Stemmer
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.luhn import LuhnSummarizer
from sumy.utils import get_stop_words

SENTENCES = 3
LANGUAGES = {"de": "german", "en": "english", "es": "spanish", "fr": "french", "it": "italian"}

NO_PROSE = re.compile(r"#{1,6} |> |[-*] |\d+\. |\||~~~|!\[")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
MARK = re.compile(r"\\(?=[^\w\s])|[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}")
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’»)]?\s+(?=[\"“„«(]?[A-ZÀ-Þ0-9])")


def summary(article, item):
    """Return the sentences, in their order; None for languages that sumy does not know."""
    language = LANGUAGES.get(article.get("language", "")[:2])
    if language is None:
        return None
    parser = PlaintextParser.from_string(prose(article["text"]), Tokenizer())
    summarizer = LuhnSummarizer(Stemmer(language))
    summarizer.stop_words = get_stop_words(language)
    sentences = [str(one) for one in summarizer(parser.document, SENTENCES)]
    return {"text": " ".join(sentences), "sentences": len(sentences)}


summary.version = "luhn-1"  # when it changes, summaries are made anew


class Tokenizer:
    """Sentences and words without NLTK's data, which would have to be downloaded."""

    def to_sentences(self, paragraph):
        return SENTENCE_END.split(paragraph.strip())

    def to_words(self, sentence):
        return re.findall(r"\w+", sentence)


def prose(markdown):
    """Return the paragraphs of a text, without headings, lists, tables and marks."""
    paragraphs = [part for part in markdown.split("\n\n") if not NO_PROSE.match(part)]
    return "\n\n".join(MARK.sub("", LINK.sub(r"\1", part)) for part in paragraphs)
