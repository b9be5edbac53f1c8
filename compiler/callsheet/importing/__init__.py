"""What people have (a curl line, an OpenAPI operation, a collection, an account) → files of a workspace."""

from callsheet.importing.model import Imported, ImportFault
from callsheet.importing.written_files import Adoption, Extraction

__all__ = ["Adoption", "Extraction", "ImportFault", "Imported"]
