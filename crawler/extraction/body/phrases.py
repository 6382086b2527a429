"""What publishers say around an article, in the languages that they say it in.

The phrases are those of a trade and not of a site: what a button for a newsletter, a link to
another article or a notice of rights reads like. Each is looked for in a short block only.
"""

from __future__ import annotations

import re
from typing import Final


def _phrases(*alternatives: str) -> str:
    return "|".join(alternatives)


_READ_MORE: Final = _phrases(
    # English
    r"(?:read|see|learn|watch|listen|view|more)(?: (?:more|also|next|on|this|too|now|related))",
    r"also read|also on|read|watch|see|more|related(?: (?:articles?|stories|story|coverage|posts?"
    r"|topics?|content|news|links?|video|roundup))?",
    r"more (?:from|on|in|about|news|stories|great|top|like)\b.{0,40}",
    r"(?:popular|trending|recommended|top stories|most (?:read|popular|viewed)|editor'?s'? picks?"
    r"|don'?t miss|you (?:may|might) (?:also )?like|what to read next|up next|explore further"
    r"|latest (?:news|stories)|in other news|elsewhere|further reading|see more(?: photos)?)"
    r"\b.{0,40}",
    # German, Dutch
    r"(?:auch interessant|lesen sie (?:auch|mehr|dazu|hier)|mehr (?:zum thema|dazu|lesen|artikel"
    r"|themen|infos?)|das könnte (?:sie|dich)|weitere (?:artikel|themen|nachrichten|news)"
    r"|lesen sie|passend dazu|zum thema|mehr über|empfehlung(?:en)? der redaktion"
    r"|meistgelesen|lees (?:ook|meer|verder)|meer over|bekijk ook|ook interessant)\b.{0,60}",
    # French, Spanish, Portuguese, Italian, Catalan, Romanian
    r"(?:à lire(?: aussi| également)?|lire (?:aussi|également|la suite)|sur le même (?:sujet|thème)"
    r"|voir aussi|à voir(?: aussi)?|lisez aussi|nos articles|pour aller plus loin"
    r"|le[ea] (?:también|más|además)|te puede interesar|también te puede|noticias relacionadas"
    r"|más (?:información|noticias|sobre)|ver (?:también|más)|mira también|artículos relacionados"
    r"|leia (?:também|mais)|veja (?:também|mais)|saiba mais|você pode gostar|notícias relacionadas"
    r"|leggi (?:anche|pure)|per approfondire|potrebbe interessarti|ti potrebbe interessare"
    r"|guarda anche|llegeix també|citește și|vezi și|citiți și)\b.{0,60}",
    # Nordic, Baltic and Slavic languages, Hungarian, Greek, Turkish
    r"(?:les (?:også|mer|mere)|läs (?:också|även|mer|vidare)|læs (?:også|mere)|se også|se även"
    r"|lue (?:myös|lisää)|katso myös|loe (?:ka|lisaks)|lasi (?:arī|vēl)|skaitykite(?: taip pat)?"
    r"|taip pat skaitykite|czytaj (?:też|także|więcej|również)|zobacz (?:też|także|również|więcej)"
    r"|przeczytaj (?:też|także|również)|čtěte (?:také|též|dále)|přečtěte si|mohlo by vás zajímat"
    r"|čítajte (?:aj|tiež)|preberite tudi|pročitajte (?:i|još)|pročitaj još|olvassa el|kapcsolódó"
    r"|ezt is|читайте (?:также|також|ще|еще|ещё|по теме)|смотрите также|по теме|вижте още"
    r"|прочетете (?:още|също)|прочитајте|διαβάστε (?:επίσης|ακόμα|ακόμη)|δείτε επίσης"
    r"|ayr\u0131ca (?:bkz|oku)|ilgili haber(?:ler)?|ilginizi çekebilir|etiketler|tags?)\b.{0,60}",
    # Asian and Semitic languages
    r"(?:baca juga|baca selengkapnya|simak juga|xem thêm|đọc thêm|tin liên quan|bài liên quan"
    r"|関連(?:記事|ニュース|リンク)|あわせて読みたい|相关(?:阅读|新闻|报道)|延伸閱讀|相關新聞|관련\s?(?:기사|뉴스)"
    r"|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง|اقرأ (?:أيضا|أيضًا|المزيد)|مواضيع ذات صلة|بیشتر بخوانید"
    r"|קראו (?:עוד|גם)|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|আরও পড়ুন|আরো পড়ুন).{0,60}",
)

# A label or heading that announces other articles.
RELATED_LABEL: Final = re.compile(rf"\W*(?:{_READ_MORE})\W*", re.IGNORECASE)
# The same and no word more.
PURE_LABEL: Final = re.compile(
    rf"\W*(?:{re.sub(r'[.][{]0,[0-9]+[}]', '', _READ_MORE)})\W*", re.IGNORECASE
)
# The start of a line that is a link to another article.
RELATED_START: Final = re.compile(rf"\W*(?:{_READ_MORE})(?!\w)", re.IGNORECASE)

# Asking for something instead of telling: subscriptions, shares, comments; and legal notices.
NOTICE: Final = re.compile(
    r"newsletter|\bsubscri(?:be|ption)|\bsign(?:ed|ing)? up\b|click here"
    r"|\bfollow\b.{1,60}\b(?:twitter|facebook|instagram|linkedin|threads|bluesky|x)\b"
    r"|\bfollow (?:us|me|him|her|them|@)|\bshare (?:this|it)\b|\blike this (?:story|article)"
    r"|\b(?:leave|post|add|write) a (?:comment|reply)|^comments?$|tell us what"
    r"|contributed to this (?:report|article|story)|all rights reserved|©|\bcopyright\b"
    r"|\babonnier|\babonnez|\biscriviti\b|\bsuscr[ií]b|\binscreva-se|\bzapisz się"
    r"|\balle rechte vorbehalten|\btous droits réservés|\btodos los derechos reservados",
    re.IGNORECASE,
)

# A line that names who made an image.
CREDIT: Final = re.compile(
    r"(?:image|picture|photos?|photographs?|photograph by|foto(?:s|grafie|grafía)?|bilde?r?"
    r"|credit|crédits?|crédito|quelle|imagen|imagem|immagine|fotoğraf|zdjęcie|fot\.|фото|valokuva"
    r"|kuva|写真|사진|video|vidéo)"
    r"(?: (?:credit|by|courtesy|via|par|von|de|di|source|quelle|durch))?"
    r"\s*(?:[:\uff1a/©|]|by ).{2,}"
    r"|©.{2,}|[(\[](?:photo|foto|image|bild|credit).{3,}[)\]]",
    re.IGNORECASE,
)

# What stands in for something that is not shown.
_PLACEHOLDER: Final = re.compile(
    r"externe[rnms]? inhalte?|personenbezogene daten an drittplattformen"
    r"|empfohlener redaktioneller inhalt|contenu externe|contenido externo"
    r"|this content is hosted by a third party|enable javascript|your browser does not support"
    r"|^(?:advertisement|anzeige|werbung|publicidad|publicité|pubblicità|reklam[ae]?)$"
    r"|article continues (?:below|after)|story continues below"
    r"|(?:your|this) browser (?:is|may be) (?:out of date|outdated|(?:not|no longer) supported)"
    r"|(?:download|upgrade to|install|use) a (?:newer|modern|supported|different) (?:web )?browser"
    r"|(?:update|upgrade) your browser|(?:you need to|please) enable (?:java ?script|cookies)"
    r"|java ?script (?:is|seems to be|appears to be) (?:disabled|off|not enabled)"
    r"|browser (?:ist|wird) (?:veraltet|nicht (?:mehr )?unterstützt)"
    r"|javascript (?:ist|wurde) deaktiviert"
    r"|navigateur (?:est|n'est) (?:obsolète|plus (?:pris en charge|supporté))|activer javascript"
    r"|navegador (?:está desactualizado|no es compatible|desatualizado)|habilitar? javascript"
    r"|browser (?:non è supportato|obsoleto)|abilita(?:re)? javascript",
)


def is_placeholder(text: str) -> bool:
    """Whether a text has a phrase that stands in for something that is not shown."""
    # In lower case a search takes a quarter of the time that it takes in any case.
    return _PLACEHOLDER.search(text.lower()) is not None
