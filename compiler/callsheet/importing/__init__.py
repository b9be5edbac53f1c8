"""What people have (a curl line, a HAR file, a Postman collection, a payload) → an action file."""

from callsheet.importing.action_text import action_text
from callsheet.importing.curl import read_curl
from callsheet.importing.files import read_file
from callsheet.importing.model import Imported, ImportFault

__all__ = ["ImportFault", "Imported", "action_text", "read_curl", "read_file"]
