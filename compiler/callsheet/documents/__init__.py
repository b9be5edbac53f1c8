"""Files → documents with positions: discovery, guarded YAML and JSON, git revisions."""

from callsheet.documents.commits import Commit, current_commit, why_unknown
from callsheet.documents.edited import EditedSource
from callsheet.documents.findings import Unreadable
from callsheet.documents.json_values import among, equal
from callsheet.documents.places import Path, Places, Span, parts_of, pointer_of
from callsheet.documents.problems import Problem, Related
from callsheet.documents.reading import Document, read_documents
from callsheet.documents.revisions import RevisionSource
from callsheet.documents.sources import FolderSource, MemorySource, Source

__all__ = [
    "Commit",
    "Document",
    "EditedSource",
    "FolderSource",
    "MemorySource",
    "Path",
    "Places",
    "Problem",
    "Related",
    "RevisionSource",
    "Source",
    "Span",
    "Unreadable",
    "among",
    "current_commit",
    "equal",
    "parts_of",
    "pointer_of",
    "read_documents",
    "why_unknown",
]
