"""What was applied → a server that makes the calls which a journey cannot make itself."""

from callsheet.relay.model import Reading, RelaySettings
from callsheet.relay.session import RelaySession

__all__ = ["Reading", "RelaySession", "RelaySettings"]
