"""The report as one HTML file that needs nothing else: its style is inside, and it asks nothing of the network."""

from journey.document.content import Content
from journey.document.labels import labels
from journey.web.i18n import language
from journey.web.templating import environment


def make_html(content: Content) -> str:
    """The report as one file; `content` is readable (see `service.open_report`)."""
    template = environment().get_template("document/file.html")
    return template.render(content=content, words=labels(content), language=language())
