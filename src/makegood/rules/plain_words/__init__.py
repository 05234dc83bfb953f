"""The policy in plain words: one structured document that the command line prints and a page translates and renders."""

from makegood.rules.plain_words.document import write_document
from makegood.rules.plain_words.shapes import BulletList, Document, Line, Paragraph, Section, Table

__all__ = ["BulletList", "Document", "Line", "Paragraph", "Section", "Table", "write_document"]
