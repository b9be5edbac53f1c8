"""An action × an environment → a compiled action: expressions, slots, template files, policies."""

from callsheet.compiling.model import Compiled, CompiledAction
from callsheet.templates.values import canonical_text, digest_of

__all__ = ["Compiled", "CompiledAction", "canonical_text", "digest_of"]
