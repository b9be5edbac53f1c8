"""Any result → text for people at a terminal: which function writes it, imported when it is needed."""

from __future__ import annotations

from callsheet.reporting.model import Report, WritersByName

_HERE = "callsheet.reporting"

TEXT = Report(
    "text",
    WritersByName(
        {
            "callsheet.results.ValidationResult": f"{_HERE}.text_findings:validation_text",
            "callsheet.results.ExplainResult": f"{_HERE}.text_findings:explain_text",
            "callsheet.planning.model.Plan": f"{_HERE}.text:plan_text",
            "callsheet.results.DiffResult": f"{_HERE}.text:diff_text",
            "callsheet.results.DriftResult": f"{_HERE}.text:drift_text",
            "callsheet.deploying.executor.ApplyResult": f"{_HERE}.text:apply_text",
            "callsheet.results.HistoryResult": f"{_HERE}.text_lists:history_text",
            "callsheet.results.ListResult": f"{_HERE}.text_lists:list_text",
            "callsheet.results.ShowResult": f"{_HERE}.text_lists:show_text",
            "callsheet.results.RenderResult": f"{_HERE}.text_lists:render_text",
            "callsheet.results.SendResult": f"{_HERE}.text_lists:send_text",
            "callsheet.results.PreviewResult": f"{_HERE}.text_lists:preview_text",
            "callsheet.results.PromoteResult": f"{_HERE}.text_lists:promote_text",
            "callsheet.results.JourneyResult": f"{_HERE}.journey:journey_text",
            "callsheet.results.CertificateResult": f"{_HERE}.certificates:certificates_text",
            "callsheet.results.MetricsResult": f"{_HERE}.metrics:metrics_text",
            "callsheet.results.UsageResult": f"{_HERE}.text_lists:usage_text",
            "callsheet.results.TestResult": f"{_HERE}.text_tests:tests_text",
            "callsheet.results.WorkspaceResult": f"{_HERE}.text_lists:workspace_text",
            "callsheet.importing.written_files.Adoption": f"{_HERE}.files:adoption_text",
            "callsheet.importing.written_files.Extraction": f"{_HERE}.files:extraction_text",
        }
    ),
)
