"""Files → documents with positions: discovery, guarded YAML and JSON, git revisions."""

from callsheet.documents.edited import EditedSource
from callsheet.documents.findings import Unreadable
from callsheet.documents.json_values import among, decoded, equal
from callsheet.documents.places import Path, Places, Span, parts_of, pointer_of
from callsheet.documents.problems import Problem, Related
from callsheet.documents.reading import Document, read_documents
from callsheet.documents.sources import FolderSource, MemorySource, Source

__all__ = [
    "Document",
    "EditedSource",
    "FolderSource",
    "MemorySource",
    "Path",
    "Places",
    "Problem",
    "Related",
    "Source",
    "Span",
    "Unreadable",
    "among",
    "decoded",
    "equal",
    "parts_of",
    "pointer_of",
    "read_documents",
]
