"""The catalog: a static site of everything that is defined, in English and French."""

from callsheet.reporting.catalog.changes import Review
from callsheet.reporting.catalog.site import site_of
from callsheet.reporting.catalog.words import LANGUAGES

__all__ = ["LANGUAGES", "Review", "site_of"]
