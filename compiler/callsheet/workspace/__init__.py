"""Files → documents with positions: discovery, guarded YAML and JSON, git revisions."""

from callsheet.workspace.commits import Commit, current_commit, why_unknown
from callsheet.workspace.documents import Document, read_documents
from callsheet.workspace.edited import EditedSource
from callsheet.workspace.findings import Unreadable
from callsheet.workspace.json_values import among, equal
from callsheet.workspace.places import Path, Places, Span, parts_of, pointer_of
from callsheet.workspace.problems import Problem, Related
from callsheet.workspace.revisions import RevisionSource
from callsheet.workspace.sources import FolderSource, MemorySource, Source

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
