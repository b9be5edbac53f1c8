"""An action × an environment → a compiled action: expressions, slots, template files, policies."""

from callsheet.rendering.compilation import compile_workspace
from callsheet.rendering.model import Compiled, CompiledAction
from callsheet.rendering.values import canonical_text, digest_of

__all__ = ["Compiled", "CompiledAction", "canonical_text", "compile_workspace", "digest_of"]
