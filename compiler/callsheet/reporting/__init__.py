"""Any result → text or JSON; other formats by the entry point callsheet.reports."""

from callsheet.reporting.model import Report, Style, report, report_names

__all__ = ["Report", "Style", "report", "report_names"]
