"""How the collective shows itself to other servers: its settings and its profile together."""

from activitypub.face import Face
from activitypub.ids import Ids
from node.settings import Settings
from node.web.i18n import language
from schema.profile import REACH, Part, Profile


def texts_of(settings: Settings, profile: Profile) -> dict[Part, dict[str, str]]:
    """Everything that is said, in each language; in the collective's own, name and summary are settings."""
    texts = {part: dict(profile.said(part)) for part in Part}
    for part, text in ((Part.NAME, settings.title), (Part.SUMMARY, settings.summary)):
        others = {tag: one for tag, one in texts[part].items() if tag != settings.language}
        texts[part] = {settings.language: text, **others} if text else others
    return texts


def face_of(ids: Ids, settings: Settings, profile: Profile) -> Face:
    """What the actor document says beside name and summary: other languages only where there are any.

    Ways to reach the collective are told in its own language, where it says them in that, with labels in the same.
    """
    texts = texts_of(settings, profile)
    names, summaries = (
        texts[part] if texts[part].keys() - {settings.language} else {} for part in (Part.NAME, Part.SUMMARY)
    )
    labels = language(settings.language).translations
    ways = tuple(
        (labels.gettext(part.label), best[1])
        for part in REACH
        if (best := profile.best(part, settings.language)) is not None
    )
    logo = profile.logo
    icon = None if logo is None else (ids.logo(logo.file), logo.media_type)
    return Face(names, summaries, icon, ways)
