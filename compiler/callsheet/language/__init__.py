"""Documents → typed actions, environments and policies; schema check, rules, diagnostics."""

from callsheet.language.action import Action, Definition, Parameter, in_language, label_of
from callsheet.language.catalog import RULES, Rule
from callsheet.language.diagnostics import Diagnostic
from callsheet.language.environment import Environment, Guards
from callsheet.language.policy import Policy
from callsheet.language.settings import Settings

__all__ = [
    "RULES",
    "Action",
    "Definition",
    "Diagnostic",
    "Environment",
    "Guards",
    "Parameter",
    "Policy",
    "Rule",
    "Settings",
    "in_language",
    "label_of",
]
