"""What people have (a curl line, an OpenAPI operation, a collection, a payload) → an action file."""

from callsheet.importing.action_text import action_text
from callsheet.importing.curl import read_curl
from callsheet.importing.files import read_file
from callsheet.importing.httpie import read_httpie
from callsheet.importing.model import Imported, ImportFault

__all__ = ["ImportFault", "Imported", "action_text", "read_curl", "read_file", "read_httpie"]
